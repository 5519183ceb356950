"""A gain that is turned moves all octaves alike; a machine that changes does not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from offkey.watch.acquisition.gain import Gain

RATE = 16_000


def _noise(seconds: int, seed: int = 0, channels: int = 1) -> np.ndarray:
    white = np.random.default_rng(seed).standard_normal((seconds * RATE, channels))
    return (0.01 * lfilter([1], [1, -0.8], white, axis=0)).astype(np.float32)


def _states(gain: Gain, sound: np.ndarray, *, blocks_a_second: float = 4) -> list[bool]:
    """Whether the level has moved after each second."""
    found = []
    for second in np.split(sound, len(sound) // RATE):
        for block in np.array_split(second, blocks_a_second):
            gain.received(block, RATE)
        found.append(gain.has_moved)
    return found


@pytest.mark.parametrize("factor", [0.25, 2.5, 10.0])
def test_a_gain_that_is_turned_is_a_move_until_it_is_turned_back(factor: float) -> None:
    gain = Gain()
    sound = _noise(80)
    sound[30 * RATE : 60 * RATE] *= np.float32(factor)
    moved = _states(gain, sound)
    assert not any(moved[:34])
    assert all(moved[40:60])
    assert not any(moved[72:])


def test_it_is_suspected_in_the_second_in_which_it_comes() -> None:
    gain = Gain()
    _states(gain, _noise(30))
    assert not gain.is_suspected
    _states(gain, 4 * _noise(1, 1))
    assert (gain.is_suspected, gain.has_moved) == (True, False)
    _states(gain, _noise(12, 2))
    assert (gain.is_suspected, gain.has_moved) == (False, False)


def test_a_machine_that_changes_moves_octaves_apart() -> None:
    for band in ([1, -0.95], [1, 0.7]):
        louder = _noise(40)
        louder[20 * RATE :] += 10 * lfilter([1], band, louder[20 * RATE :], axis=0).astype(np.float32)
        assert not any(_states(Gain(), louder))


def test_strokes_of_a_machine_are_no_moves() -> None:
    sound = _noise(120)
    sound *= (1 + 3 * (np.sin(np.arange(len(sound)) * 2 * np.pi / (7.3 * RATE)) > 0.9))[:, None].astype(np.float32)
    assert not any(_states(Gain(), sound))


def test_one_channel_of_several_is_enough() -> None:
    sound = _noise(40, channels=2)
    sound[20 * RATE :, 1] *= 4
    assert _states(Gain(), sound)[-1]


def test_a_level_that_does_not_come_back_is_the_usual_one_after_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offkey.watch.acquisition.gain._LONGEST_S", 30)
    sound = _noise(80)
    sound[20 * RATE :] *= 4
    moved = _states(Gain(), sound)
    assert sum(moved) == 30
    assert not any(moved[-20:])


def test_a_jump_over_a_gap_is_found_and_other_channels_begin_anew() -> None:
    gain = Gain()
    _states(gain, _noise(20))
    gain.received(_noise(1)[:100], RATE)
    gain.interrupted()
    assert _states(gain, 4 * _noise(12, 1))[-1]
    gain.interrupted()
    assert not _states(gain, _noise(12, channels=2))[-1]
