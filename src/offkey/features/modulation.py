"""Modulation: how strongly the level in groups of bands swings, at each rate."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from offkey.features.frames import hann

__all__ = ["LEAST", "RANGES_HZ", "SWINGS", "modulation", "range_bins"]

_RANGES = 8  # equally wide as logarithms
_SLOWEST_HZ, _FASTEST_HZ = 0.4, 15.6  # where they begin and end: half the rate of frames
LEAST = 1e-3  # power of a swing, in dB squared, below which it is none

RANGES_HZ = tuple(pairwise(np.geomspace(_SLOWEST_HZ, _FASTEST_HZ, _RANGES + 1).tolist()))
"""The two ends of each range of rates."""
SWINGS = tuple(f"swing_{low:.2g}hz_{high:.2g}hz" for low, high in RANGES_HZ)
"""Names of the numbers of each group, in the order of the rows of `modulation`."""


def modulation(levels: NDArray[np.float32], frame_rate_hz: float, *, n_fft: int | None = None) -> NDArray[np.floating]:
    """Return the mean power with which levels swing in each of eight ranges of rates from 0.4 to 15.6 Hz, in dB.

    A modulation spectrum: L. Atlas & S. Shamma, "Joint acoustic and modulation frequency", EURASIP J. Applied Signal
    Processing 2003. A range that no frequency of the spectrum falls into has the power of the one nearest to its
    middle.

    `levels`: shape (n_groups, n_frames); levels in dB.
    `frame_rate_hz`: frames a second.
    `n_fft`: frames that the levels are filled up to with zeros, by default the next number that is transformed fast.
    Returns: shape (8, n_groups), see `SWINGS`.
    """
    from scipy.fft import next_fast_len, rfft

    n = levels.shape[1]
    n_fft = n_fft or next_fast_len(n, real=True)
    window = hann(n + 2, symmetric=True, dtype=np.float64)[1:-1]
    centred = levels - levels.mean(axis=1, keepdims=True)
    power = np.abs(rfft(centred * window, n_fft, axis=1)) ** 2 / (window**2).sum()
    swings: NDArray[np.floating] = 10 * np.log10(_means(power, range_bins(n_fft, frame_rate_hz)) + LEAST)
    return swings


def _means(power: NDArray[np.floating], bins: list[tuple[int, int]]) -> NDArray[np.floating]:
    """Return the mean of each range of bins, shape (n_ranges, n_groups)."""
    if all(end == start for (_, end), (start, _) in pairwise(bins)):  # in one step where each follows the one before
        sums = np.add.reduceat(power[:, : bins[-1][1]], [low for low, _ in bins], axis=1)
        means: NDArray[np.floating] = sums.T / np.diff(bins)
        return means
    return np.stack([power[:, low:high].mean(axis=1) for low, high in bins])


@lru_cache(maxsize=64)
def range_bins(n_fft: int, frame_rate_hz: float) -> list[tuple[int, int]]:
    """Return at which bin of a spectrum each range begins and ends."""
    rates_hz, found = np.fft.rfftfreq(n_fft, 1 / frame_rate_hz), []
    for low_hz, high_hz in RANGES_HZ:
        low, high = np.searchsorted(rates_hz, [low_hz, high_hz]).tolist()
        nearest = int(np.abs(rates_hz - np.sqrt(low_hz * high_hz)).argmin())
        found.append((low, high) if high > low else (nearest, nearest + 1))
    return found
