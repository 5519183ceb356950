"""The fast path: events of breaks and bursts, from a smoothed series with hysteresis, window by window."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .errors import EdgeError

__all__ = ["Excursion", "FastPath", "newest_share"]


@dataclass(frozen=True)
class Excursion:
    """A stretch of windows in which a series lies at or above a level, but for short dips.

    `first`, `last`: numbers of the first and the last window at or above the level.
    `peak`: the highest value between them.
    """

    first: int
    last: int
    peak: float


class FastPath:
    """Events as windows come in: one begins at a high level and ends when the series has stayed below a low one.

    The series is the exponentially weighted moving average of S. W. Roberts, "Control chart tests based on geometric
    moving averages", Technometrics 1(3), 1959. A window without a value takes over the average before it; after more
    than `hold` of them in a row there is none, and the next begins anew.

    `half_life`: of the average, in windows.
    `open_at`, `close_at`: an event is an excursion above `close_at` whose peak reaches `open_at`.
    `hold`: so many windows below the level may lie between two parts of one excursion.
    `usual`: where the average begins.
    """

    def __init__(self, *, half_life: float, open_at: float, close_at: float, hold: int, usual: float) -> None:
        if open_at < close_at:
            raise EdgeError(f"An event opens at {close_at!r}, where it closes, or above. Got {open_at!r} instead.")
        self._share = newest_share(half_life)
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


def newest_share(half_life: float) -> float:
    """Return what the newest value adds to an average in which a value counts half after so many windows."""
    if not half_life > 0:
        raise EdgeError(f"The half-life must be above 0 windows. Got {half_life!r} instead.")
    return -math.expm1(-math.log(2) / half_life)
