"""Which gain of two microphones counts while an event goes on."""

from __future__ import annotations

import numpy as np

from offkey.watch.noise_estimate import NoiseEstimate


def _gain(number: float) -> np.ndarray:
    return np.full(3, number, np.complex128)


def _held(noise: NoiseEstimate) -> float | None:
    return None if noise.held is None else float(noise.held[0].real)


def test_the_newest_gain_from_before_the_event_is_held_until_it_is_over() -> None:
    noise = NoiseEstimate()
    for end in range(10, 200):
        noise.add(_gain(end), end)
    noise.hold(105.0)
    assert _held(noise) == 100
    noise.add(_gain(1), 300)
    noise.hold(150.0)  # another level of the same event
    assert _held(noise) == 100
    noise.hold(None)
    assert _held(noise) is None
    noise.hold(500.0)
    assert _held(noise) == 190


def test_an_event_older_than_all_that_is_known_takes_the_oldest_and_without_any_nothing_is_held() -> None:
    noise = NoiseEstimate()
    noise.hold(0.0)
    assert _held(noise) is None
    noise.add(None, 5.0)
    noise.add(_gain(7), 7.0)
    noise.hold(0.0)
    assert _held(noise) == 7


def test_a_clock_that_was_set_back_does_not_end_the_estimates() -> None:
    noise = NoiseEstimate()
    noise.add(_gain(1), 1000.0)
    noise.add(_gain(2), 10.0)
    noise.hold(20.0)
    assert _held(noise) == 2
