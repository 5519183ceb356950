"""The clock of a converter beside those of the computer: its drift, and steps of the computer's own."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Correction", "SampleClock"]

_MINUTE_S = 60.0
_TOLERANCE_S = 2.0  # that the time of the sound may be away from the computer's
_HOUR = 60  # minutes
_MOST_PPM = 150.0  # of drift; crystals of converters stay within 100, and 16,003 Hz for 16,000 are 188
_FEW_PPM = 100.0  # below which a drift is over


@dataclass(frozen=True)
class Correction:
    """Something that is wrong with a clock.

    `kind`: ``"clock moved"`` where the computer's was set, ``"time moved"`` where drift or a buffer added up,
        ``"clock drifts"`` where the converter is too fast or too slow.
    `seconds`: by which the time of the sound moves from now on; 0 where it does not.
    `sentence`: what people read.
    """

    kind: Literal["clock moved", "time moved", "clock drifts"]
    seconds: float
    sentence: str


class SampleClock:
    """Follows one stretch of a stream, minute by minute.

    Samples arrive late and in bursts, never before they were taken, so that the least lag of a minute counts. The time
    of the sound is moved where it is over 2 s away from the computer's. The sound itself is never resampled: a drift
    of more than 150 ppm over an hour is reported once. It is the median slope of the lags (P. K. Sen, "Estimates of the
    regression coefficient based on Kendall's tau", JASA, 1968), which late minutes do not move, the least of that of
    the hour and of its halves, since a buffer that grows once is no drift.

    `rate`: sampling rate in Hz that the source promises.
    `at`: when the first sample was taken, by the computer's calendar, in seconds since 1970 UTC.
    """

    def __init__(self, rate: int, at: float) -> None:
        self._rate, self._at, self._count = rate, at, 0
        self._minute_ends: float | None = None
        self._offset = self._origin = 0.0
        self._deviation = self._lag = math.inf
        self._lags = deque[float](maxlen=_HOUR + 1)
        self._is_drifting = False

    def received(self, samples: int, now: float, calendar: float) -> list[Correction]:
        """Take how many samples came, at a time of a clock that only goes forward and of the calendar, in seconds."""
        self._count += samples
        if self._minute_ends is None:
            self._minute_ends, self._offset, self._origin = now + _MINUTE_S, calendar - now, now
        sound_s = self._count / self._rate
        self._deviation = min(self._deviation, calendar - self._at - sound_s)
        self._lag = min(self._lag, now - self._origin - sound_s)
        if now < self._minute_ends and abs(calendar - now - self._offset) <= _TOLERANCE_S:
            return []
        return self._minute_over(now, calendar, calendar - self._at - sound_s)

    def _minute_over(self, now: float, calendar: float, newest: float) -> list[Correction]:
        stepped = calendar - now - self._offset
        if abs(stepped) > _TOLERANCE_S:
            found = [self._moved("clock moved", newest, "the clock of the computer was set")]
        elif abs(self._deviation) > _TOLERANCE_S:
            found = [self._moved("time moved", self._deviation, "samples came faster or slower than they should")]
        else:
            found = []
        if self._minute_ends is not None and now >= self._minute_ends:
            self._lags.append(self._lag)
            self._lag = math.inf
            self._minute_ends = now + _MINUTE_S
            found += self._drift()
        self._offset, self._deviation = calendar - now, math.inf
        return found

    def _moved(self, kind: Literal["clock moved", "time moved"], seconds: float, why: str) -> Correction:
        self._at += seconds
        return Correction(kind, seconds, f"The time of the sound moves by {seconds:+.1f} s, since {why}.")

    def _drift(self) -> list[Correction]:
        if len(self._lags) <= _HOUR:
            return []
        slower_ppm = _steady_slope(np.array(self._lags)) / _MINUTE_S * 1e6
        before = self._is_drifting
        self._is_drifting = abs(slower_ppm) > (_FEW_PPM if before else _MOST_PPM)
        if before or not self._is_drifting:
            return []
        word = "slow" if slower_ppm > 0 else "fast"
        ppm = f"{abs(slower_ppm):.0f} ppm"
        return [Correction("clock drifts", 0.0, f"The converter is {ppm} too {word}; its sound is taken as it comes.")]


def _steady_slope(values: NDArray[np.float64]) -> float:
    """Return the least of the median slopes of all values and of their halves; 0 where these disagree on the sign."""
    middle = len(values) // 2
    slopes = [_median_slope(part) for part in (values, values[: middle + 1], values[middle:])]
    return min(slopes, key=abs) if min(slopes) * max(slopes) > 0 else 0.0


def _median_slope(values: NDArray[np.float64]) -> float:
    """Return the median of the slopes between all pairs of values that are one apart in time."""
    first, last = np.triu_indices(len(values), 1)
    return float(np.median((values[last] - values[first]) / (last - first)))
