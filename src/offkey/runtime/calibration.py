"""Scores to p-values, decisions and surprises, by the scores of normal clips that stand in ``calibration.json``."""

from __future__ import annotations

import math
import sys
from bisect import bisect_left
from dataclasses import dataclass

from .incomplete_gamma import upper_gamma

__all__ = ["MOST_SURPRISING", "Calibration", "EventRule", "Tail"]

MOST_SURPRISING = 30.0
"""The highest surprise: one window, however loud, does not decide a mean over many."""

_TINY = sys.float_info.min


@dataclass(frozen=True)
class Tail:
    """A gamma distribution with a location: that of ``location + scale * G``, with G of the shape.

    Parameters
    ----------
    shape, scale, location : float
        As fitted to the normal scores by L-moments.
    """

    shape: float
    scale: float
    location: float

    def exceedance(self, score: float) -> float:
        """Return the chance that a score is exceeded."""
        return upper_gamma(self.shape, max(0.0, (score - self.location) / self.scale))


@dataclass(frozen=True)
class EventRule:
    """The rule by which events begin and end.

    Parameters
    ----------
    hop_s : float
        Seconds from one window to the next, for which the rule was counted.
    half_life : float
        Of the average of surprises, in windows.
    open_at, close_at : float
        An event is an excursion of the average above `close_at` whose peak reaches `open_at`.
    hold : int
        So many windows below `close_at` may lie within an event.
    usual : float
        Where the average begins.
    basis : str
        One sentence on what the rule rests on.
    """

    hop_s: float
    half_life: float
    open_at: float
    close_at: float
    hold: int
    usual: float
    basis: str = ""


class Calibration:
    """The decision about scores.

    Parameters
    ----------
    normal_scores : list of float
        Scores of normal clips that the detector had not learnt, ascending; at least three.
    threshold : float
        Higher scores are anomalous.
    tail : Tail
        Fitted to the normal scores.
    """

    def __init__(self, normal_scores: list[float], threshold: float, tail: Tail) -> None:
        self.normal_scores = normal_scores
        self.threshold = threshold
        self.tail = tail
        self._start = max(tail.exceedance(normal_scores[-1]), _TINY)

    def p_value(self, score: float) -> float:
        """Return the conformal p-value: the chance that a normal clip scores this high.

        Parameters
        ----------
        score : float
            Finite.

        Returns
        -------
        float
            ``(1 + number of normal scores at or above it) / (n + 1)``, never below 1 / (n + 1).
        """
        n = len(self.normal_scores)
        return (1 + n - bisect_left(self.normal_scores, score)) / (n + 1)

    def is_anomalous(self, score: float) -> bool:
        """Tell whether a score exceeds the threshold."""
        return score > self.threshold

    def surprise(self, score: float) -> float:
        """Return how unusual a score is: the negative logarithm of its p-value, on beyond the normal scores.

        Beyond the highest normal score the p-value falls on as the fitted tail does.

        Parameters
        ----------
        score : float
            NaN for a window without one.

        Returns
        -------
        float
            From 0 to `MOST_SURPRISING`; NaN for a score that is not finite.
        """
        if not math.isfinite(score):
            return math.nan
        found = -math.log(self.p_value(score))
        if score > self.normal_scores[-1]:
            found -= math.log(min(max(self.tail.exceedance(score), _TINY) / self._start, 1.0))
        return min(found, MOST_SURPRISING)
