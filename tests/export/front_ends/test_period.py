"""The period in which strokes repeat, in a graph."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from offkey.export.front_ends.period import add_period, shortest_period
from offkey.features.cycle import period
from offkey.graph import Builder
from offkey.runtime.graph import run

N = 311


def _strokes(frames: float, seed: int = 0, noise: float = 0.3) -> NDArray[np.float64]:
    """Return levels of two rows that rise once in so many frames."""
    rng = np.random.default_rng(seed)
    phase = np.arange(N) / frames % 1
    levels = 10 * np.exp(-0.5 * ((phase - 0.4) / 0.08) ** 2) * [[1.0], [0.4]] + rng.normal(0, noise, (2, N))
    return levels - levels.mean(axis=1, keepdims=True)


def _found(levels: NDArray[np.float64]) -> list[tuple[bool, float, float]]:
    b = Builder()
    found = add_period(b, b.input("levels", np.float64, ("batch", 2, N)), 2, N)
    tensors = run(b.graph(), {"levels": levels}, list(found))
    return [(bool(there), length, sure) for there, length, sure in zip(*(tensors[x][:, 0] for x in found), strict=True)]


def test_a_period_is_found_to_a_fraction_of_a_frame() -> None:
    lengths = [10.4, 11.0, 12.7, 15.3, 20.0, 25.9, 33.4, 48.0, 64.2, 77.7, 90.1, 101.0]
    several = np.stack([_strokes(length, seed) for seed, length in enumerate(lengths)])
    for levels, (there, length, sure) in zip(several, _found(several), strict=True):
        assert there
        assert (length, sure) == pytest.approx(period(levels), rel=1e-9)


def test_noise_and_silence_have_none() -> None:
    several = np.stack([_strokes(20, 1, noise=60.0), np.zeros((2, N))])
    for levels, (there, _, sure) in zip(several, _found(several), strict=True):
        assert not there
        assert (0.0, sure) == pytest.approx(period(levels), abs=1e-9)


def test_no_period_is_shorter_than_there_is_room_for() -> None:
    rng = np.random.default_rng(0)
    for n in (40, 93, N):
        rough = rng.normal(size=(300, 1, n))
        rough[:, :, 10:] += 2 * rough[:, :, :-10]  # strokes of about ten frames
        lengths = [period(levels - levels.mean())[0] for levels in rough]
        found = [length for length in lengths if length]
        assert found
        assert min(found) >= shortest_period(n)
