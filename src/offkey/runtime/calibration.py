"""Scores to p-values, decisions and surprises, by the scores of normal clips that stand in ``calibration.json``."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .incomplete_gamma import upper_gamma

__all__ = ["MOST_SURPRISING", "Calibration", "EventRule", "Tail", "surprises"]

MOST_SURPRISING = 30.0
"""The highest surprise: one window, however loud, does not decide a mean over many."""

_TINY = np.finfo(np.float64).tiny


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
        self._start = tail.exceedance(normal_scores[-1])

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

        See `surprises`.

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
        beyond = self.tail.exceedance(score) if score > self.normal_scores[-1] else self._start
        return float(surprises(self.p_value(score), beyond, self._start))


def surprises(p_values: ArrayLike, beyond: ArrayLike, start: float) -> NDArray[np.float64]:
    """Return how unusual scores are: the negative logarithm of their p-values, and on beyond the normal scores.

    Beyond the highest normal score the p-value falls on as the fitted tail does, so that worse sounds count for more
    where scores are averaged over time. It promises nothing by itself.

    Parameters
    ----------
    p_values : array_like of float, shape (n,)
        By rank, above 0.
    beyond : array_like of float, shape (n,)
        The chance that the tail exceeds each score; `start` for scores up to the highest normal one.
    start : float
        The chance that the tail exceeds the highest normal score.

    Returns
    -------
    ndarray of float, shape (n,)
        From 0 to `MOST_SURPRISING`.
    """
    fall = np.maximum(beyond, _TINY) / np.maximum(start, _TINY)
    found = -np.log(p_values) - np.log(np.minimum(fall, 1.0))
    bounded: NDArray[np.float64] = np.minimum(found, MOST_SURPRISING)
    return bounded
