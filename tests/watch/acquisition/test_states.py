"""States of a source, on a clock that the test moves."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.watch.acquisition.states import SourceStates

SOUND = 0.1 * np.random.default_rng(0).standard_normal((1600, 1)).astype(np.float32)
SILENCE = np.zeros((1600, 1), np.float32)


def test_it_waits_until_the_first_sound_however_often_it_was_tried() -> None:
    states = SourceStates(30)
    for second in range(100):
        states.lost("the camera is off", second)
    assert (states.state(1e6), states.reason) == ("waiting", "the camera is off")
    states.received(SOUND, 2e6)
    assert (states.state(2e6), states.reason) == ("healthy", "")


def test_alive_means_frames_arrive() -> None:
    states = SourceStates(30)
    states.received(SOUND, 0)
    assert [states.state(30), states.state(30.1)] == ["healthy", "stalled"]
    states.received(SOUND, 40)
    assert states.state(41) == "healthy"


def test_no_state_is_final() -> None:
    states = SourceStates(30)
    states.received(SOUND, 0)
    states.lost("it was unplugged", 1)
    assert [states.state(2), states.state(600)] == ["reconnecting", "reconnecting"]
    states.received(SOUND, 601)
    assert states.state(601) == "healthy"


@pytest.mark.parametrize(
    ("block", "state"),
    [(SILENCE, "silent"), (SILENCE + 0.3, "silent"), (np.clip(300 * SOUND, -1, 1), "clipped"), (SOUND, "healthy")],
)
def test_clipping_and_digital_silence_are_states_of_the_source(block, state: str) -> None:
    states = SourceStates(30)
    for tenth in range(99):
        states.received(block, tenth / 10)
        assert states.state(tenth / 10) == "healthy"
    states.received(block, 10.0)
    assert states.state(10.0) == state
    states.received(SOUND, 10.1)
    assert states.state(10.1) == "healthy"


def test_flapping_is_one_state_until_the_source_holds() -> None:
    states = SourceStates(30)
    for second in (0, 10, 20):
        states.received(SOUND, second)
        states.lost("it broke off", second + 1)
    states.received(SOUND, 30)
    assert states.state(31) == "flapping"
    assert states.state(901) == "stalled"
    states.received(SOUND, 902)
    assert states.state(902) == "healthy"
