"""The fast path: events of breaks and bursts, from a smoothed series with hysteresis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.errors import ParameterError

__all__ = ["Excursion", "FastPath", "excursions", "smooth"]


@dataclass(frozen=True)
class Excursion:
    """A stretch of windows in which a series lies at or above a level, but for short dips.

    `first`, `last`: numbers of the first and the last window at or above the level.
    `peak`: the highest value between them.
    """

    first: int
    last: int
    peak: float


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
    share = _share(half_life)
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


class FastPath:
    """Events as windows come in: one begins at a high level and ends when the series has stayed below a low one.

    The same excursions as of the whole series at once, so that what was counted in a shadow is what is heard later.

    `half_life`: of the average, in windows.
    `open_at`, `close_at`: an event is an excursion above `close_at` whose peak reaches `open_at`.
    `hold`: as of `excursions`.
    `usual`: as of `smooth`.
    """

    def __init__(self, *, half_life: float, open_at: float, close_at: float, hold: int, usual: float) -> None:
        if open_at < close_at:
            raise ParameterError(f"An event opens at {close_at!r}, where it closes, or above. Got {open_at!r} instead.")
        self._share = _share(half_life)
        self._open_at, self._close_at, self._hold = open_at, close_at, hold
        self._usual = self._average = usual
        self._last_known, self._number = -math.inf, -1
        self._current: Excursion | None = None

    @property
    def event(self) -> Excursion | None:
        """The event that goes on, as far as it is known; None while there is none."""
        current = self._current
        return current if current is not None and current.peak >= self._open_at else None

    def feed(self, values: Iterable[float]) -> Iterator[Excursion]:
        """Take the values of further windows, NaN for one without a score; give each event that ends."""
        for value in values:
            self._number += 1
            is_known, missing = math.isfinite(value), self._number - self._last_known - math.isfinite(value)
            if missing > self._hold:
                self._average = self._usual if is_known else -math.inf
            if is_known:
                self._average = self._share * value + (1 - self._share) * self._average
                self._last_known = self._number
            ended = self._step(self._average)
            if ended is not None and ended.peak >= self._open_at:
                yield ended

    def _step(self, average: float) -> Excursion | None:
        current = self._current
        if average >= self._close_at:
            first, peak = (self._number, average) if current is None else (current.first, max(current.peak, average))
            self._current = Excursion(first, self._number, peak)
        elif current is not None and self._number - current.last > self._hold:
            self._current = None
            return current
        return None


def _share(half_life: float) -> float:
    """Return what the newest value adds to the average."""
    if not half_life > 0:
        raise ParameterError(f"The half-life must be above 0 windows. Got {half_life!r} instead.")
    return float(-np.expm1(-np.log(2) / half_life))
