"""Trends over hours, days and weeks, by a slope that outliers do not move."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from offkey.decision.events.words import rounded

__all__ = ["Trend", "trends"]

_Unit: TypeAlias = Literal["hour", "day", "week"]
_SPANS: Final[tuple[tuple[_Unit, float, int], ...]] = (  # unit in seconds, and units back
    ("hour", 3600.0, 24),
    ("day", 86_400.0, 14),
    ("week", 7 * 86_400.0, 12),
)
_LEAST = 8  # means from which on something is said


@dataclass(frozen=True)
class Trend:
    """A slope over time.

    Parameters
    ----------
    per : {"hour", "day", "week"}
        The unit of time.
    slope, low, high : float
        Change of the values per unit, and its 95 % interval.
    points : int
        Means of a unit each that it is of.
    """

    per: _Unit
    slope: float
    low: float
    high: float
    points: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval lies on one side of 0."""
        return self.low > 0 or self.high < 0

    def sentence(self) -> str:
        """Say in words which way the values go.

        Returns
        -------
        str
            Such as "rising by 0.2 a day (0.1 to 0.3) over 14 days".
        """
        over = f"over {self.points} {self.per}s"
        if not self.is_clear:
            return f"steady {over}"
        ends = sorted((abs(self.low), abs(self.high)))
        way = "rising" if self.slope > 0 else "falling"
        return f"{way} by {rounded(abs(self.slope))} a {self.per} ({rounded(ends[0])} to {rounded(ends[1])}) {over}"


def trends(at: ArrayLike, values: ArrayLike, now: float) -> list[Trend]:
    """Return the trends that there is enough sound for.

    The slope of P. Sen, "Estimates of the regression coefficient based on Kendall's tau", J. Am. Stat. Assoc. 63, 1968,
    on means of an hour over the last 24 hours, of a day over 14 days and of a week over 12 weeks. Its interval is for
    means that depend on each other little, as those of hours do where scores are alike for some minutes only.

    Parameters
    ----------
    at : array_like of float, shape (n,)
        Times of the values in seconds, in any order.
    values : array_like of float, shape (n,)
        Such as means of the scores of a minute; NaN is left out.
    now : float
        In seconds; values after it are left out.

    Returns
    -------
    list of Trend
        Of at most one per hour, day and week; each of at least 8 means.
    """
    from scipy.stats import theilslopes

    times, levels = np.asarray(at, np.float64), np.asarray(values, np.float64)
    found = []
    for per, unit_s, back in _SPANS:
        place = np.ceil((times - now) / unit_s)  # 0 for the newest unit, which ends now
        known = np.isfinite(levels) & (place <= 0) & (place > -back)
        units, inverse = np.unique(place[known], return_inverse=True)
        if len(units) < _LEAST:
            continue
        means = np.bincount(inverse, levels[known]) / np.bincount(inverse)
        slope, _, low, high = (float(value) for value in theilslopes(means, units, 0.95))
        if math.isfinite(low) and math.isfinite(high):
            found.append(Trend(per, slope, low, high, len(units)))
    return found
