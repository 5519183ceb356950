"""The shadow: normal sound that is heard before anybody is told, from which thresholds and promises are counted."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.decision.events.blocks import LEAST_BLOCKS, Blocks, block_means
from offkey.decision.events.correlation import correlation_time
from offkey.decision.events.rate import EventRate
from offkey.decision.events.rule import Rule, Sensitivity
from offkey.decision.events.slow_path import mean_e_bound
from offkey.decision.events.smoothing import excursions, smooth
from offkey.errors import ParameterError
from offkey.runtime.fast_path import Excursion

__all__ = ["ALLOWED", "Shadow", "windows_needed"]

ALLOWED = (0, 1, 3, 10, 30)
"""Events that the shadow may hold at most, for each of the five sensitivities, from the dullest to the sharpest."""

_HALF_LIFE_S, _HOLD_S = 10.0, 60.0
_LEAST_BLOCK_S, _BLOCK_TIMES = 60.0, 5.0  # a block is at least so long, and so many correlation times
_NORMAL_SHARE = 0.9  # of the smoothed normal series lies below the level at which an event closes
_SLOW_SHARE = 0.25  # of the events that are allowed, but of one at least, is what the slow path may raise beside them
_DAY_S, _WEEK_DAYS = 86_400.0, 7
_STEPS = 20


class Shadow:
    """Normal sound before anybody is told: the thresholds of five sensitivities, and what each promises a week.

    Nothing is promised by a formula for windows that do not depend on each other: events are counted as the whole rule
    raises them, and the threshold of the fast path is an order statistic of the peaks of excursions, which lie
    apart from each other, and not of windows.

    Parameters
    ----------
    surprises : array_like of float, shape (n_windows,)
        How unusual each window is, as of `Calibration.surprises`, in the order of time; NaN for one without a score.
    hop_s : float
        Seconds from one window to the next.

    Attributes
    ----------
    correlation : float
        Windows that count as one (`correlation_time`).
    days : float
        For how long there are scores.
    block : int
        Windows per block of the slow path.
    blocks : Blocks
        Means of normal blocks.

    Raises
    ------
    ParameterError
        If the shadow is shorter than 20 blocks.
    """

    def __init__(self, surprises: ArrayLike, *, hop_s: float) -> None:
        if not hop_s > 0:
            raise ParameterError(f"Windows must come more than 0 s after each other. Got {hop_s!r} s instead.")
        series = np.asarray(surprises, np.float64)
        self.correlation = correlation_time(series)
        self.days = float(np.isfinite(series).sum()) * hop_s / _DAY_S
        self.block = _block(self.correlation, hop_s)
        self._means = block_means(series, self.block)
        self.blocks = Blocks(self._means)
        self._own_p_values = _own_p_values(self._means, self.blocks)
        self._half_life, self._hold = _HALF_LIFE_S / hop_s, math.ceil(_HOLD_S / hop_s)
        self._usual = float(np.nanmean(series))
        smoothed = smooth(series, self._half_life, usual=self._usual, hold=self._hold)
        self._close_at = float(np.nanquantile(smoothed, _NORMAL_SHARE))
        self._excursions = excursions(smoothed, self._close_at, self._hold)

    def sensitivities(self) -> list[Sensitivity]:
        """Return the five sensitivities, from the dullest to the sharpest, each with what it raised in the shadow.

        Returns
        -------
        list of Sensitivity
            One for each of `ALLOWED`.
        """
        return [self.sensitivity(allowed) for allowed in ALLOWED]

    def sensitivity(self, allowed: int) -> Sensitivity:
        """Return the sharpest rule whose fast path raised at most so many events in the shadow.

        Parameters
        ----------
        allowed : int
            How many; 0 or more.

        Returns
        -------
        Sensitivity
            With the events of the whole rule: those of the slow path that stand apart from the others count too.
        """
        rule = Rule(
            half_life=self._half_life,
            open_at=self._open_at(allowed),
            close_at=self._close_at,
            hold=self._hold,
            usual=self._usual,
            block=self.block,
            mean_blocks=max(2.0, len(self.blocks.means) / (_SLOW_SHARE * max(allowed, 1))),
            normal_e=mean_e_bound(self._own_p_values),
        )
        weeks = self.days / _WEEK_DAYS
        slow_per_week = len(self.blocks.means) / rule.mean_blocks / weeks
        return Sensitivity(allowed, rule, EventRate(self._raised(rule), self.days), slow_per_week)

    def within(self, per_week: float) -> Sensitivity | None:
        """Return the sharpest sensitivity that promises at most so many false events a week.

        Parameters
        ----------
        per_week : float
            Such as the share of a machine in what a plant may have.

        Returns
        -------
        Sensitivity or None
            None where even the dullest promises more; `days_more` says what would help.
        """
        fitting = [one for one in self.sensitivities() if one.bound() <= per_week]
        return fitting[-1] if fitting else None

    def days_more(self, per_week: float) -> float:
        """Return how many more days of shadow the dullest sensitivity needs to promise so few false events a week.

        Parameters
        ----------
        per_week : float
            As of `within`; above 0.

        Returns
        -------
        float
            0 where it does already; as long as nothing more is raised in them.
        """
        dullest, days = self.sensitivity(ALLOWED[0]), self.days
        for _ in range(_STEPS):  # a bound falls almost as days grow
            slow_per_week = dullest.slow_per_week * self.days / days
            days *= (EventRate(dullest.rate.events, days).bound() + slow_per_week) / per_week
        return max(0.0, days - self.days)

    def _open_at(self, allowed: int) -> float:
        """Return the least level above all but so many peaks."""
        peaks = np.sort([found.peak for found in self._excursions])[::-1]
        if allowed >= len(peaks):
            return self._close_at
        return max(self._close_at, float(np.nextafter(peaks[allowed], math.inf)))

    def _raised(self, rule: Rule) -> int:
        """Count the events of both paths; those that overlap are one."""
        fast = [found for found in self._excursions if found.peak >= rule.open_at]
        alarms = rule.slow_path().alarms(self._own_p_values)
        return len(fast) + sum(not _within(number * self.block, self.block, fast) for number in alarms)


def windows_needed(surprises: ArrayLike, *, hop_s: float) -> int:
    """Return how many windows a shadow needs to promise anything, as far as the windows that there are tell.

    Parameters
    ----------
    surprises, hop_s
        As of `Shadow`.

    Returns
    -------
    int
        Twenty blocks.
    """
    return LEAST_BLOCKS * _block(correlation_time(surprises), hop_s)


def _own_p_values(means: NDArray[np.float64], blocks: Blocks) -> NDArray[np.float64]:
    """Return the p-value of each block of the shadow beside the others, in the order of time."""
    known = np.isfinite(means)
    found = np.full(len(means), np.nan)
    order = np.argsort(means[known], kind="stable")
    own = np.empty(len(order))
    own[order] = blocks.own_p_values()
    found[known] = own
    return found


def _block(correlation: float, hop_s: float) -> int:
    """Return the windows per block."""
    return math.ceil(max(_LEAST_BLOCK_S / hop_s, _BLOCK_TIMES * correlation))


def _within(first: int, length: int, events: list[Excursion]) -> bool:
    """Tell whether some event overlaps a block."""
    return any(found.first < first + length and found.last >= first for found in events)
