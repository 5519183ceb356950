"""Dynamics: how quickly the level in groups of bands rises, peaks and dips, and how it swings at each rate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.features.frames import hann
from offkey.features.lulls import group_members

__all__ = ["MEASURES", "dynamics"]

_RISES = 3  # greatest rises whose mean is taken: one or two could be chance
_RARE, _HIGH = 0.99, 0.9  # quantiles of rises; and of levels, the second alone
_SWINGS = 8  # bands of modulation, equally wide as logarithms
_SLOWEST_HZ, _FASTEST_HZ = 0.4, 15.6  # where they begin and end: half the rate of frames
_LEAST = 1e-3  # power of a swing, in dB squared, below which it is none

MEASURES = (
    "rise_max",
    "rise_p99",
    "rise_p90",
    "peak",
    "dip",
    *(
        f"swing_{low:.2g}hz_{high:.2g}hz"
        for low, high in zip(
            np.geomspace(_SLOWEST_HZ, _FASTEST_HZ, _SWINGS + 1)[:-1],
            np.geomspace(_SLOWEST_HZ, _FASTEST_HZ, _SWINGS + 1)[1:],
            strict=True,
        )
    ),
)
"""Names of the measures of each group, in the order of the rows of `dynamics`."""


def dynamics(frames: NDArray[np.float32], frame_rate_hz: float, groups: list[int] | None = None) -> NDArray[np.float32]:
    """Return how the level of each group of bands moves within a clip.

    Of the rises from one frame to the next, the mean of the three greatest and two quantiles, which a click or a
    knock lifts; the maximum of the level above its 90 % quantile and the minimum below its 10 % quantile, the one for
    a burst, the other for a dropout; and the power with which the level swings, in eight ranges of rates from 0.4 to
    15.6 Hz, in dB: a modulation spectrum (L. Atlas & S. Shamma, "Joint acoustic and modulation frequency", EURASIP
    J. Applied Signal Processing 2003). The gain of a recording matters to none of it.

    `frames`: shape (n_bands, n_frames); levels in dB.
    `frame_rate_hz`: frames a second.
    `groups`: which groups of bands to give, of those between `group_edges`; all by default.
    Returns: shape (len(MEASURES), n_groups).
    """
    within = group_members(len(frames))
    levels = (within if groups is None else within[groups]) @ frames
    n = levels.shape[1]
    rises = np.sort(np.diff(levels, axis=1), axis=1) if n > 1 else np.zeros((len(levels), 1), np.float32)
    ranked = np.sort(levels, axis=1)
    moments = (
        rises[:, -_RISES:].mean(axis=1),
        _quantile(rises, _RARE),
        _quantile(rises, _HIGH),
        ranked[:, -1] - _quantile(ranked, _HIGH),
        ranked[:, 0] - _quantile(ranked, 1 - _HIGH),
    )
    found: NDArray[np.float32] = np.concatenate([np.stack(moments), _swings(levels, frame_rate_hz)]).astype(np.float32)
    return found


def _quantile(ranked: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """Return a quantile of sorted rows."""
    quantile: NDArray[np.float32] = ranked[:, round(share * (ranked.shape[1] - 1))]
    return quantile


def _swings(levels: NDArray[np.float32], frame_rate_hz: float) -> NDArray[np.float32]:
    """Return the mean power of the level in each range of rates, in dB, shape (n_ranges, n_groups).

    A range that no frequency of the spectrum falls into has the power of the one nearest to its middle.
    """
    n = levels.shape[1]
    window = hann(n + 2, symmetric=True, dtype=np.float64)[1:-1]
    centred = (levels - levels.mean(axis=1, keepdims=True)) * window
    power = np.abs(np.fft.rfft(centred, axis=1)) ** 2 / (window**2).sum()
    rates_hz, edges_hz = np.fft.rfftfreq(n, 1 / frame_rate_hz), np.geomspace(_SLOWEST_HZ, _FASTEST_HZ, _SWINGS + 1)
    places = np.searchsorted(rates_hz, edges_hz)
    nearest = np.abs(rates_hz[:, None] - np.sqrt(edges_hz[:-1] * edges_hz[1:])).argmin(axis=0)
    means = [
        power[:, low:high].mean(axis=1) if high > low else power[:, near]
        for low, high, near in zip(places[:-1], places[1:], nearest, strict=True)
    ]
    swings: NDArray[np.float32] = 10 * np.log10(np.stack(means) + _LEAST)
    return swings
