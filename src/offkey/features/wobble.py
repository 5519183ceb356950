"""Wobble: how strongly the balance of neighbouring bands swings, as it does where pitches rise and fall."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from offkey.features.modulation import RANGES_HZ, SWINGS, modulation

__all__ = ["BALANCE_RANGES", "WOBBLES", "balance_weights", "balances", "wobble", "wobble_range_hz"]

BALANCE_RANGES = slice(1, 5)  # of the rates of `modulation`: 0.6 to 3.9 times a second
_BALANCES = 32

WOBBLES = tuple(f"wobble_{swing.removeprefix('swing_')}" for swing in SWINGS[BALANCE_RANGES])
"""Names of the numbers of `wobble`."""


def wobble(frames: NDArray[np.float32], frame_rate_hz: float) -> NDArray[np.floating]:
    """Return how strongly the balance between bands swings at each of four ranges of rates, in dB.

    A tone whose pitch rises leaves one band for the next: their mean level hardly changes, their difference does. The
    mean of all balances is taken, since a machine whose speed wavers moves all its tones, and one number of many bands
    says it more surely than many numbers.

    `frames`: shape (n_bands, n_frames); levels in dB.
    Returns: shape (4,), see `WOBBLES`.
    """
    swings: NDArray[np.floating] = modulation(balances(frames), frame_rate_hz)[BALANCE_RANGES].mean(axis=1)
    return swings


def balances(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the level of the upper half less that of the lower half in each of 32 groups of bands, over time."""
    return balance_weights(len(frames)) @ frames


def wobble_range_hz(name: str) -> tuple[float, float]:
    """Return the range of rates that a number of `wobble` tells of, by its name."""
    low_hz, high_hz = RANGES_HZ[BALANCE_RANGES][WOBBLES.index(name)]
    return low_hz, high_hz


@lru_cache(maxsize=8)
def balance_weights(n_bands: int) -> NDArray[np.float32]:
    """Return the weight of each band in each balance; as many balances as groups have two bands."""
    groups = np.array_split(np.arange(n_bands), min(_BALANCES, n_bands // 2))
    weights = np.zeros((len(groups), n_bands), np.float32)
    for row, bands in zip(weights, groups, strict=True):
        lower, upper = np.array_split(bands, 2)
        row[lower], row[upper] = -1 / len(lower), 1 / len(upper)
    return weights
