"""Figures of a candidate on one part: AUC and pAUC, each the mean over ids, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.evaluation.intervals import (
    Difference,
    Differences,
    Interval,
    bootstrap_intervals,
    percentile_interval,
    stratified_counts,
)
from offkey.evaluation.ranking import Ranking
from offkey.experiments.outcome import Outcome

__all__ = ["Figures", "Metric", "clearly_better", "difference", "figures", "mean_figure"]

_RESAMPLES = 1000

Floats = NDArray[np.float64]


class Metric(StrEnum):
    """The metric of a choice."""

    AUC = "auc"
    PAUC = "pauc"
    MEAN = "mean"


@dataclass(frozen=True)
class Figures:
    """AUC and pAUC as means over ids."""

    auc: float
    auc_ci: Interval
    pauc: float
    pauc_ci: Interval
    ids: tuple[dict[str, Any], ...]  # ``id``, ``auc``, ``pauc``, ``n_normal`` and ``n_anomalous`` of each id

    def by(self, metric: Metric) -> float:
        """Return the figure that is chosen by."""
        if metric is Metric.MEAN:
            return (self.auc + self.pauc) / 2
        return self.auc if metric is Metric.AUC else self.pauc

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "auc": self.auc,
            "auc_ci": list(self.auc_ci),
            "pauc": self.pauc,
            "pauc_ci": list(self.pauc_ci),
            "ids": list(self.ids),
        }


def mean_figure(outcomes: Sequence[Outcome], metric: Metric) -> float:
    """Return the mean over ids of what is chosen by, without an interval."""
    areas = [Ranking(outcome.labels, outcome.scores).areas() for outcome in outcomes]
    auc, pauc = (float(np.mean([one[kind][0] for one in areas])) for kind in (0, 1))
    return {Metric.AUC: auc, Metric.PAUC: pauc, Metric.MEAN: (auc + pauc) / 2}[metric]


def figures(outcomes: Sequence[Outcome], *, seed: int = 0) -> Figures:
    """Measure the scores of several ids.

    Clips are drawn anew inside each id and label; the ids themselves are not, so that the intervals speak of
    these ids and not of machines at large. Where every resample agrees, the ends are the means of the
    single ids' ends; see `offkey.evaluation.intervals.bootstrap_intervals`.
    """
    rows = []
    for outcome in outcomes:
        whole = Ranking(outcome.labels, outcome.scores).areas()
        n_anomalous = int(outcome.labels.sum())
        areas = {"auc": float(whole.auc[0]), "pauc": float(whole.pauc[0])}
        counts = {"n_normal": len(outcome.labels) - n_anomalous, "n_anomalous": n_anomalous}
        rows.append({"id": outcome.cell.title, **areas, **counts})
    resampled = _resampled(outcomes, seed)
    auc_ci, pauc_ci = (_interval(resampled[kind], outcomes, kind, seed) for kind in (0, 1))
    auc, pauc = (float(np.mean([row[name] for row in rows])) for name in ("auc", "pauc"))
    return Figures(auc, auc_ci, pauc, pauc_ci, tuple(rows))


def difference(outcomes: Sequence[Outcome], reference: Sequence[Outcome], *, seed: int = 0) -> Differences:
    """Return how much the means of one configuration exceed those of another on the same clips.

    Each resample draws the same clips for both; see `offkey.evaluation.intervals.paired_differences`.
    """
    ours, theirs = figures(outcomes, seed=seed), figures(reference, seed=seed)
    drawn = _resampled(outcomes, seed) - _resampled(reference, seed)
    return Differences(
        Difference(ours.auc - theirs.auc, percentile_interval(drawn[0])),
        Difference(ours.pauc - theirs.pauc, percentile_interval(drawn[1])),
    )


def clearly_better(outcomes: Sequence[Outcome], reference: Sequence[Outcome], metric: Metric, *, seed: int = 0) -> bool:
    """Tell whether one configuration beats another: whether the 95 % interval of the gain lies above zero."""
    auc, pauc = _resampled(outcomes, seed) - _resampled(reference, seed)
    gain = {Metric.AUC: auc, Metric.PAUC: pauc, Metric.MEAN: (auc + pauc) / 2}[metric]
    return percentile_interval(gain)[0] > 0


def _resampled(outcomes: Sequence[Outcome], seed: int) -> Floats:
    """Return the mean AUC and pAUC of each resample, shape (2, n_resamples)."""
    total = np.zeros((2, _RESAMPLES))
    for number, outcome in enumerate(outcomes):
        ranking, start = Ranking(outcome.labels, outcome.scores), 0
        for counts in stratified_counts(outcome.labels, _RESAMPLES, seed=seed + number):
            areas = ranking.areas(counts)
            total[:, start : start + len(counts)] += np.stack([areas.auc, areas.pauc])
            start += len(counts)
    means: Floats = total / len(outcomes)
    return means


def _interval(resampled: Floats, outcomes: Sequence[Outcome], kind: int, seed: int) -> Interval:
    low, high = percentile_interval(resampled)
    if high - low > 1e-12:
        return low, high
    ends = [
        bootstrap_intervals(outcome.labels, outcome.scores, n_resamples=_RESAMPLES, seed=seed)[kind]
        for outcome in outcomes
    ]
    low, high = np.mean(ends, axis=0).tolist()
    return low, high
