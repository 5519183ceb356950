"""Calibration of scores: p-values and thresholds from the cross-validated scores of normal clips."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.decision.realised import Realised, realised_rate, told_rates
from offkey.decision.tail import GammaTail
from offkey.errors import ParameterError
from offkey.runtime.calibration import MOST_SURPRISING, surprises

__all__ = ["MOST_SURPRISING", "Calibration", "Threshold", "share_bound"]


@dataclass(frozen=True)
class Threshold:
    """A decision: clips that score higher than `value` are called anomalous."""

    value: float  # the anomaly score that must be exceeded
    false_alarm_rate: float  # the share of normal clips that exceed it, as it was asked for
    extrapolated: bool  # whether it comes from a fitted tail, because the normal clips were too few to promise the rate

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ParameterError(f"The threshold must be a finite score. Got {self.value!r} instead.")


class Calibration:
    """The scores that normal clips get, and what follows from them.

    `normal_scores`: shape (n,); scores of normal clips by a detector that did not see them; at least three, finite.
    `worth`: how many independent clips they can vouch as; fewer than there are where several are of one recording.
    """

    def __init__(self, normal_scores: ArrayLike, worth: int | None = None) -> None:
        scores = np.sort(np.asarray(normal_scores, dtype=np.float64).reshape(-1))
        if len(scores) < 3 or not np.isfinite(scores).all():
            raise ParameterError(f"Calibration needs at least 3 finite scores of normal clips. Got {scores} instead.")
        if worth is not None and not worth >= 1:
            raise ParameterError(f"Normal scores are worth one clip at least. Got {worth!r} instead.")
        self.normal_scores = scores
        self.worth = len(scores) if worth is None else worth
        self.tail = GammaTail.fit(scores)

    @property
    def least_rate(self) -> float:
        """The lowest false-alarm rate that this many normal clips can promise: 1 / (worth + 1)."""
        return 1 / (self.worth + 1)

    @property
    def least_p_value(self) -> float:
        """The p-value of a score beyond all normal ones: 1 / (n + 1)."""
        return 1 / (len(self.normal_scores) + 1)

    def p_values(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the conformal p-value of each score: the chance that a normal clip scores this high.

        The rank among the normal scores, ``(1 + number of them at or above it) / (n + 1)``: if new
        normal clips are exchangeable with the training clips, at most a share a of them gets a
        p-value of a or less, for any a and any detector (V. Vovk, A. Gammerman & G. Shafer,
        "Algorithmic Learning in a Random World", 2005, ch. 2; on cross-validated scores: R. Barber et
        al., "Predictive inference with the jackknife+", Ann. Statist. 49(1), 2021).

        `scores`: shape (n_clips,).
        Returns: shape (n_clips,); from ``1 / (n + 1)`` to 1.
        """
        below = np.searchsorted(self.normal_scores, np.asarray(scores, dtype=np.float64), side="left")
        n = len(self.normal_scores)
        p_values: NDArray[np.float64] = (1 + n - below) / (n + 1)
        return p_values

    def surprises(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return how unusual each score is: the negative logarithm of its p-value, and on beyond the normal scores.

        See `offkey.runtime.calibration.surprises`.

        `scores`: shape (n_windows,); NaN gives NaN.
        Returns: shape (n_windows,); from 0 to `MOST_SURPRISING`.
        """
        values = np.asarray(scores, dtype=np.float64)
        highest = self.normal_scores[-1]
        is_beyond, start = values > highest, self.tail.exceedance(highest)
        beyond = np.full(values.shape, start)
        beyond[is_beyond] = self.tail.exceedances(values[is_beyond])
        return np.where(np.isfinite(values), surprises(self.p_values(values), beyond, start), np.nan)

    def threshold(self, false_alarm_rate: float) -> Threshold:
        """Return the threshold for a false-alarm rate.

        Where the rate is at least `least_p_value`, clips above the threshold are exactly those whose
        p-value is at most the rate. Below it the threshold is extrapolated: from the highest normal
        score, which is the threshold for `least_p_value`, by as much as the fitted tail rises from that
        rate to the one asked for, so that the threshold never jumps as the rate is lowered. Between
        `least_p_value` and `least_rate` it is an estimate, too.

        `false_alarm_rate`: share of normal clips that may be called anomalous, between 0 and 1, both excluded.
        """
        if not (isinstance(false_alarm_rate, Real) and 0 < false_alarm_rate < 1):
            raise ParameterError(f"The false-alarm rate must lie between 0 and 1. Got {false_alarm_rate!r} instead.")
        n = len(self.normal_scores)
        allowed = math.floor(false_alarm_rate * (n + 1) * (1 + 1e-12))  # 0.05 * 20 must not fall below 1
        if allowed >= 1:
            promised = false_alarm_rate * (self.worth + 1) * (1 + 1e-12) >= 1
            return Threshold(float(self.normal_scores[n - allowed]), false_alarm_rate, extrapolated=not promised)
        rise = self.tail.quantile(false_alarm_rate) - self.tail.quantile(self.least_p_value)
        return Threshold(float(self.normal_scores[-1]) + rise, false_alarm_rate, extrapolated=True)

    def realised(self, false_alarm_rate: float) -> list[dict[str, Any]]:
        """Return what this rate, 0.01 and 0.05 become with these normal clips; see `realised_rate`."""
        return [asdict(self.realised_rate(rate)) for rate in told_rates(false_alarm_rate)]

    def realised_rate(self, rate: float) -> Realised:
        """Return between which rates the share of new normal clips lies that a promised one becomes."""
        return realised_rate(self.worth, rate)

    def at(self, value: float) -> Threshold:
        """Return the threshold at a score, with the false-alarm rate that the normal scores promise for it."""
        if not isinstance(value, Real):
            raise ParameterError(f"The threshold must be a finite score. Got {value!r} instead.")
        above = int((self.normal_scores > value).sum())
        return Threshold(float(value), (1 + above) / (len(self.normal_scores) + 1), extrapolated=False)

    def caveat(self, false_alarm_rate: float) -> str | None:
        """Say in a sentence that a rate is more than the normal clips can promise, None if it is not."""
        if not self.threshold(false_alarm_rate).extrapolated:
            return None
        needed = math.ceil(1 / false_alarm_rate - 1e-9) - 1
        n = len(self.normal_scores)
        if self.worth < n:
            return (
                f"The {n} normal clips are of {self.worth} groups, which can promise 1 false alarm in {self.worth + 1} "
                f"at the lowest. The rate of {false_alarm_rate:g} is an estimate; {needed - self.worth} more groups "
                "would make it a promise."
            )
        return (
            f"With {n} normal clips, offkey can only guarantee 1 false alarm in {n + 1}. Your rate of "
            f"{false_alarm_rate:g} is an estimate, extrapolated from a fitted gamma tail. Record {needed - n} more "
            "normal clips to make it firm."
        )


def share_bound(n: int, confidence: float = 0.95) -> float:
    """Return how far the share of normal clips above a threshold may be from that of `n` of them, at any threshold.

    The inequality of A. Dvoretzky, J. Kiefer & J. Wolfowitz (Ann. Math. Statist. 27, 1956) with the constant of P.
    Massart (Ann. Probab. 18, 1990): ``sqrt(ln(2 / delta) / (2 n))``, whatever the distribution. It is for scores by a
    detector that none of the `n` clips shaped. Cross-validated scores are by copies that learnt from fewer clips and
    score a little higher, so that of them it bounds false alarms, and not how much fewer there are.

    `n`: number of clips, drawn independently or from a finite number without replacement.
    `confidence`: chance that it holds at all thresholds at once, ``1 - delta``.
    Returns: between 0 and 1.
    """
    return min(1.0, math.sqrt(math.log(2 / (1 - confidence)) / (2 * n)))
