"""The rule by which events begin and end, and what it promises."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.decision.events.rate import EventRate
from offkey.decision.events.slow_path import SlowPath
from offkey.decision.events.smoothing import smooth
from offkey.decision.events.words import duration, rounded
from offkey.runtime.fast_path import FastPath

__all__ = ["Rule", "Sensitivity"]


@dataclass(frozen=True)
class Rule:
    """When events begin and end; everything but `blocks` is in windows.

    `half_life`, `open_at`, `close_at`, `hold`, `usual`: of the fast path.
    `block`, `mean_blocks`, `normal_e`: of the slow path, as of `SlowPath`; `mean_blocks` is in blocks.
    """

    half_life: float
    open_at: float
    close_at: float
    hold: int
    usual: float
    block: int
    mean_blocks: float
    normal_e: float = 1.0

    def fast_path(self) -> FastPath:
        """Return the fast path, to be fed window by window."""
        levels = {"open_at": self.open_at, "close_at": self.close_at, "usual": self.usual}
        return FastPath(half_life=self.half_life, hold=self.hold, **levels)

    def smooth(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return what the fast path compares with its levels, for a whole series at once."""
        return smooth(values, self.half_life, usual=self.usual, hold=self.hold)

    def slow_path(self) -> SlowPath:
        """Return the slow path, to be fed block by block."""
        return SlowPath(self.mean_blocks, self.normal_e)


@dataclass(frozen=True)
class Sensitivity:
    """A rule, the events that it raised in the shadow, and what it promises.

    Parameters
    ----------
    allowed : int
        Events of the fast path in the shadow, at most.
    rule : Rule
        When events begin and end.
    rate : EventRate
        Events of the whole rule in the shadow.
    slow_per_week : float
        False alarms a week that the slow path promises not to exceed on average. The shadow can hardly raise any,
        since none of its blocks lies beyond all others.
    """

    allowed: int
    rule: Rule
    rate: EventRate
    slow_per_week: float

    def bound(self, confidence: float = 0.95) -> float:
        """Return the false events a week that are exceeded at most so seldom.

        Parameters
        ----------
        confidence : float, default 0.95
            As of `EventRate.bound`.

        Returns
        -------
        float
            As the events that were counted predict, with those of the slow path added.
        """
        return self.rate.bound(confidence) + self.slow_per_week

    def sentence(self) -> str:
        """Say in words what to expect, and how well that is known.

        Returns
        -------
        str
            Such as "expected 1.4 a week (0.31 to 3.7), from 11 days of normal sound".
        """
        low, high = (end + self.slow_per_week for end in self.rate.expected_interval())
        expected = f"{rounded(self.rate.expected + self.slow_per_week)} a week ({rounded(low)} to {rounded(high)})"
        return f"expected {expected}, from {duration(self.rate.days)} of normal sound"
