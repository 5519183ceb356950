"""The series of the fast path and its excursions, for a whole series at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.runtime.fast_path import Excursion, newest_share

__all__ = ["excursions", "smooth"]


def smooth(values: ArrayLike, half_life: float, *, usual: float, hold: int) -> NDArray[np.float64]:
    """Return the exponentially weighted moving average of a series.

    S. W. Roberts, "Control chart tests based on geometric moving averages", Technometrics 1(3), 1959.

    `values`: shape (n_windows,); NaN, a window without a score, takes over the average before it.
    `half_life`: windows after which a value counts half; above 0.
    `usual`: where the average begins, and begins anew after more than `hold` windows in a row without a score.
    Returns: shape (n_windows,); NaN before the first value, and from so many windows without a score on.
    """
    from scipy.signal import lfilter

    series = np.asarray(values, np.float64)
    known = np.flatnonzero(np.isfinite(series))
    if not len(known):
        return np.full(len(series), np.nan)
    share = newest_share(half_life)
    cuts = np.flatnonzero(np.diff(known) > hold + 1) + 1
    parts = [
        lfilter([share], [1.0, share - 1], series[part], zi=[(1 - share) * usual])[0] for part in np.split(known, cuts)
    ]
    place = np.searchsorted(known, np.arange(len(series)), side="right") - 1
    is_near = (place >= 0) & (np.arange(len(series)) - known[np.maximum(place, 0)] <= hold)
    return np.where(is_near, np.concatenate(parts)[np.maximum(place, 0)], np.nan)


def excursions(smoothed: ArrayLike, level: float, hold: int) -> list[Excursion]:
    """Return the excursions of a series above a level, in the order of time.

    `smoothed`: shape (n_windows,); NaN lies below every level.
    `level`: the value at or above which a window belongs to one.
    `hold`: so many windows below the level may lie between two parts of one excursion.
    """
    series = np.asarray(smoothed, np.float64)
    above = np.flatnonzero(series >= level)
    if not len(above):
        return []
    starts = np.flatnonzero(np.diff(above) > hold + 1) + 1
    firsts, lasts = above[np.concatenate([[0], starts])], above[np.concatenate([starts - 1, [len(above) - 1]])]
    peaks = np.maximum.reduceat(np.where(np.isfinite(series), series, -np.inf)[above], np.concatenate([[0], starts]))
    return [Excursion(*found) for found in zip(firsts.tolist(), lasts.tolist(), peaks.tolist(), strict=True)]
