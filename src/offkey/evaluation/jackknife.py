"""Jackknife intervals of AUC and pAUC: every clip is left out once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from offkey.components import Interval
from offkey.errors import ParameterError
from offkey.evaluation.ranking import Floats, Ranking, checked_max_fpr

__all__ = ["Jackknife", "jackknife", "leave_one_out"]

_BLOCK = 2_000_000  # weights held at once, which bounds the memory


class Jackknife(NamedTuple):
    """A bias-corrected estimate, and half the width of its interval."""

    estimate: float
    half_width: float


def jackknife(
    labels: ArrayLike, scores: ArrayLike, *, max_fpr: float | None = None, confidence: float = 0.95
) -> Jackknife:
    """Return the jackknife estimate of the AUC, or with `max_fpr` the pAUC, and half the width of its interval.

    Every clip is left out once; each label needs two clips. With N clips, the figure t of all of them and t_i without
    clip i, the pseudo-values are N t - (N - 1) t_i; the estimate is their mean, and the half-width their standard error
    times Student's t for N - 1 degrees of freedom (Mesaros et al., "Sound event detection in the DCASE 2017 Challenge",
    IEEE/ACM TASLP 27, 2019, section IV).
    """
    from scipy.special import stdtrit  # only the interval needs it, and importing takes time

    share = Interval(float, 0, 1, open_low=True, open_high=True)
    if not share.holds(confidence):
        raise ParameterError(f"The 'confidence' parameter must be {share}. Got {confidence!r} instead.")
    ranking = Ranking(labels, scores)
    n_clips = len(ranking)
    whole = ranking.areas(max_fpr=1 if max_fpr is None else checked_max_fpr(max_fpr)).pauc[0]
    pseudo = n_clips * whole - (n_clips - 1) * leave_one_out(labels, scores, max_fpr=max_fpr)
    critical = float(stdtrit(n_clips - 1, 1 - (1 - confidence) / 2))
    return Jackknife(float(pseudo.mean()), critical * float(pseudo.std(ddof=1)) / n_clips**0.5)


def leave_one_out(labels: ArrayLike, scores: ArrayLike, *, max_fpr: float | None = None) -> Floats:
    """Return AUC or pAUC without each clip in turn, shape (n_clips,)."""
    ranking = Ranking(labels, scores)
    n_clips, n_anomalous = len(ranking), int(ranking.labels.sum())
    if min(n_anomalous, n_clips - n_anomalous) < 2:
        raise ParameterError(
            f"Leaving out each clip in turn needs at least 2 normal and 2 anomalous clips. "
            f"Got {n_clips - n_anomalous} normal and {n_anomalous} anomalous."
        )
    limit = 1.0 if max_fpr is None else checked_max_fpr(max_fpr)
    rows = max(1, _BLOCK // n_clips)
    parts = []
    for start in range(0, n_clips, rows):
        weights = np.ones((min(rows, n_clips - start), n_clips))
        weights[np.arange(len(weights)), start + np.arange(len(weights))] = 0
        parts.append(ranking.areas(weights, max_fpr=limit).pauc)
    return np.concatenate(parts)
