from __future__ import annotations

import numpy as np
import pytest

from offkey.audio.two_microphones import without_far, without_far_by
from offkey.features.frames import cut_frames, hann


def _sound(seed: int, n: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, n).astype(np.float32)


def _energy(samples: np.ndarray) -> float:
    return float(np.square(samples, dtype=np.float64).sum())


@pytest.mark.parametrize("rate", [8000, 16_000, 22_050, 48_000])
def test_noise_that_comes_by_other_ways_is_gone_and_the_machine_stays(rate: int) -> None:
    noise, machine = _sound(0, 5 * rate), 0.3 * _sound(1, 5 * rate)
    way = (np.random.default_rng(2).normal(0, 1, rate // 1000) * np.exp(-np.arange(rate // 1000) / 4)).astype(
        np.float32
    )
    heard = np.convolve(noise, way)[: 5 * rate]
    left = without_far(np.stack([heard + machine, noise], axis=1), rate)
    assert left.shape == machine.shape
    assert left.dtype == np.float32
    assert _energy(left - machine) < 0.03 * _energy(heard)
    assert _energy(heard - noise) > 0.3 * _energy(heard)  # what subtracting samples leaves of it


def test_spectra_of_what_is_left_are_those_of_the_formula() -> None:
    noise, machine = _sound(0, 160_000), _sound(1, 160_000)
    pair = np.stack([machine + np.roll(noise, 9), noise + 0.1 * machine], axis=1).astype(np.float32)
    pair -= pair.mean(axis=0)
    C, F = (np.fft.rfft(cut_frames(one / np.abs(pair).max(), 1024, 512) * hann(1024)) for one in pair.T)
    H = (C * F.conj()).sum(axis=0) / ((np.abs(F) ** 2).sum(axis=0) + 1e-12)
    expected = (np.abs(C - H * F) ** 2).mean(axis=0)
    left = without_far(pair, 16_000) / np.abs(pair).max()
    found = (np.abs(np.fft.rfft(cut_frames(left, 1024, 512) * hann(1024))) ** 2).mean(axis=0)
    assert np.abs(10 * np.log10(found / expected))[3:-3].mean() < 0.1


def test_far_sound_that_has_no_part_in_the_near_one_changes_it_little() -> None:
    near, far = _sound(0, 160_000), _sound(1, 160_000)
    left = without_far(np.stack([near, far], axis=1), 16_000)
    assert _energy(left - near) < 0.01 * _energy(near)


@pytest.mark.parametrize("far", [0.0, 0.5])
def test_a_far_microphone_that_is_dead_leaves_silence(far: float) -> None:
    pair = np.stack([_sound(0, 16_000), np.full(16_000, far, np.float32)], axis=1)
    assert not without_far(pair, 16_000).any()


@pytest.mark.parametrize("gain", [1.0, -0.25])
def test_the_same_sound_in_both_leaves_silence(gain: float) -> None:
    near = _sound(0, 16_000)
    assert not without_far(np.stack([near, gain * near], axis=1), 16_000).any()


def test_sound_shorter_than_a_frame_and_sound_that_is_none_stay_as_they_are() -> None:
    short, broken = np.stack([_sound(0, 1023), _sound(1, 1023)], axis=1), _sound(2, 4000).reshape(2000, 2)
    broken[7, 0] = np.nan
    for pair in (short, broken):
        np.testing.assert_array_equal(without_far(pair, 16_000), pair[:, 0])


def test_a_fault_that_both_hear_stays_where_the_gain_is_that_of_the_noise_alone() -> None:
    noise, machine, fault = (0.1 * _sound(seed, 160_000) for seed in range(3))
    far = noise + 0.01 * machine
    before = np.stack([0.5 * noise + machine, far], axis=1).astype(np.float32)
    during = before + 10 * np.stack([fault, 0.5 * fault], axis=1).astype(np.float32)
    _, gain = without_far_by(before, 16_000)
    assert gain is not None
    own, _ = without_far_by(during, 16_000)
    held, same = without_far_by(during, 16_000, gain)
    assert same is gain
    assert np.array_equal(own, without_far(during, 16_000))
    assert _energy(own) < 0.05 * _energy(10 * fault)
    assert _energy(held) > 0.4 * _energy(10 * fault)
