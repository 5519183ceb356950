"""Bootstrap intervals of official scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offkey.datasets.editions.formula import Formula
from offkey.evaluation.intervals import Interval, percentile_interval, ranking_intervals, stratified_counts
from offkey.evaluation.official import RankedSection
from offkey.evaluation.ranking import Floats

__all__ = ["official_interval", "resampled_scores"]


def official_interval(
    ranked: Sequence[RankedSection],
    formula: Formula,
    *,
    n_resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Return the stratified percentile bootstrap interval of an official score.

    Where all resamples agree, because every figure is perfect, the ends are those of the single figures'
    intervals, joined as the figures are; see `offkey.evaluation.intervals.bootstrap_intervals`.

    `ranked`: the sections, as `offkey.evaluation.official.rank_sections` gives them.
    """
    scores = resampled_scores([ranked], formula, n_resamples=n_resamples, seed=seed)[0]
    low, high = percentile_interval(scores, confidence)
    if high - low > 1e-12:
        return low, high
    ends = []
    for term in (term for one in ranked for term in one.counted):
        found = ranking_intervals(
            term.ranking, max_fpr=formula.max_fpr, n_resamples=n_resamples, confidence=confidence, seed=seed
        )
        ends.append(found.auc if term.max_fpr is None else found.pauc)
    low, high = _mean(np.array(ends), formula)
    return float(low), float(high)


def resampled_scores(
    systems: Sequence[Sequence[RankedSection]], formula: Formula, *, n_resamples: int = 1000, seed: int = 0
) -> list[Floats]:
    """Compute each system's official scores on resamples of the clips, shape (n_resamples,).

    Clips are drawn inside each section, domain and label, the same ones for every system.

    `systems`: the same sections of each, with the same clips in the same order.
    """
    figures: list[list[Floats]] = [[] for _ in systems]
    for number, same in enumerate(zip(*systems, strict=True)):
        first = same[0].section
        strata = np.char.add(first.domains, first.labels.astype(str))
        blocks = list(stratified_counts(strata, n_resamples, seed=seed + number))
        for system, one in enumerate(same):
            figures[system] += [np.concatenate([term.areas(counts) for counts in blocks]) for term in one.counted]
    return [_mean(np.array(rows), formula) for rows in figures]


def _mean(figures: Floats, formula: Formula) -> Floats:
    if formula.mean == "arithmetic":
        return np.asarray(figures.mean(axis=0))
    return np.asarray(len(figures) / (1 / np.maximum(figures, np.finfo(float).eps)).sum(axis=0))
