"""Calibration moved to where a few new normal clips score: their location, with the shape of the scores before."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.decision.calibration import Calibration
from offkey.errors import ParameterError

__all__ = ["Move", "Recalibrated", "location", "spread"]

Floats = NDArray[np.float64]

_MOST = 512  # scores whose pairs are averaged; of more, so many evenly spread ones
_WORTH = 10  # clips that the spread before counts for beside that of the new ones
_WINSOR = 3.0  # usual distances from the location, beyond which a score counts as if it lay there


def location(scores: ArrayLike) -> float:
    """Return the middle of scores: the median of the means of all pairs, which three odd ones of ten do not move far.

    The estimator of J. L. Hodges & E. L. Lehmann, "Estimates of location based on rank tests", Ann. Math. Statist. 34
    (1963): about as precise as the mean.
    """
    ordered = np.sort(np.asarray(scores, np.float64))
    some = ordered[np.linspace(0, len(ordered) - 1, min(len(ordered), _MOST)).round().astype(int)]
    one, other = np.triu_indices(len(some))
    return float(np.median((some[one] + some[other]) / 2))


def spread(scores: ArrayLike) -> float:
    """Return the standard deviation of scores about their location, with far ones brought nearer."""
    away = np.abs(np.asarray(scores, np.float64) - location(scores))
    near = np.minimum(away, _WINSOR * float(np.quantile(away, 0.68)))
    return math.sqrt(float((near**2).sum()) / max(1, len(away) - 1))


@dataclass(frozen=True)
class Move:
    """The distance of the scores of new normal clips from those before.

    `clips`: number of new clips that it was learnt from; windows of one recording are one clip.
    `offset`: how much higher their location is, as far as so few clips tell.
    `ratio`: their spread as a share of that before, as far as so few clips tell.
    """

    clips: int
    offset: float
    ratio: float

    def __post_init__(self) -> None:
        if self.clips < 2 or not math.isfinite(self.offset) or not (math.isfinite(self.ratio) and self.ratio >= 0):
            raise ParameterError(f"A recalibration needs two clips, a finite offset and a ratio. Got {self} instead.")

    @classmethod
    def between(cls, before: Floats, new: Floats, clips: int) -> Move:
        """Return the move from scores before to those of new normal clips.

        The new spread is joined with the one before, which counts as 10 clips: as the variance is in a normal model
        with a scaled inverse chi-square prior (A. Gelman et al., "Bayesian Data Analysis", 3rd ed., 2013, section
        2.6), whose standard deviation for a new clip is that of Student's t.

        The distance of the locations is shrunk by the share of its square that chance explains, to 0 where chance
        explains all: the empirical Bayes estimate of B. Efron & C. Morris, "Stein's estimation rule and its
        competitors", J. Am. Stat. Assoc. 68 (1973), for one mean, where most recalibrations find that little moved.
        """
        old = spread(before)
        freedom = _WORTH + clips - 1
        joined = math.sqrt((_WORTH * old**2 + (clips - 1) * spread(new) ** 2) / (freedom - 2))
        distance, chance = location(new) - location(before), joined**2 / clips
        kept = max(0.0, 1 - chance / distance**2) if distance else 0.0
        return cls(clips, kept * distance, joined / old if old > 0 else 1.0)


class Recalibrated(Calibration):
    """A calibration whose location comes from a few new clips, and whose shape comes from the scores before.

    A new clip deviates from the location of n others by ``sqrt(1 + 1 / n)`` times its spread, so the scores are spread
    by that. The new clips alone are what it is worth: rates that they would not promise are estimates.

    `before`: shape (n,); normal scores before.
    """

    def __init__(self, before: ArrayLike, move: Move) -> None:
        scores = np.asarray(before, np.float64)
        middle = location(scores)
        moved = middle + move.offset + math.sqrt(1 + 1 / move.clips) * move.ratio * (scores - middle)
        super().__init__(moved, worth=move.clips)
        self.move = move

    def describe(self, false_alarm_rate: float) -> str:
        """Say in a sentence what the rates become that are promised after a recalibration."""
        parts = [
            f"a promised {found['promised']:g} will be {found['low']:.2g} to {found['high']:.2g} of new normal clips"
            for found in self.realised(false_alarm_rate)
        ]
        what = f"Recalibrated from {self.worth} normal clips"
        return f"{what}: {', '.join(parts)}, in 9 of 10 such recalibrations. {self._limit}"

    def caveat(self, false_alarm_rate: float) -> str | None:
        """Say in a sentence that a rate is more than the new clips can promise, None if it is not."""
        return self._limit if self.threshold(false_alarm_rate).extrapolated else None

    @property
    def _limit(self) -> str:
        n = len(self.normal_scores)
        return f"Rates below 1 in {self.worth + 1} are estimates, in which scores vary as those of the {n} before did."
