"""Bootstrap intervals of AUC and pAUC, and of their differences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.components import Interval as Range
from offkey.errors import ParameterError
from offkey.evaluation.metrics import MAX_FPR
from offkey.evaluation.ranking import Areas, Floats, Ranking, checked_max_fpr, standardised

__all__ = [
    "Difference",
    "Differences",
    "Interval",
    "Intervals",
    "bootstrap_intervals",
    "paired_differences",
    "percentile_interval",
    "ranking_intervals",
    "stratified_counts",
]

Interval: TypeAlias = tuple[float, float]

_BLOCK = 2_000_000  # counts held at once: bounds the memory, and keeps a block near the cache


class Intervals(NamedTuple):
    """The intervals of AUC and pAUC, low and high end of each."""

    auc: Interval
    pauc: Interval


class Difference(NamedTuple):
    """One system's figure minus another's, with its interval."""

    value: float
    interval: Interval


class Differences(NamedTuple):
    """The differences of AUC and of pAUC."""

    auc: Difference
    pauc: Difference


def bootstrap_intervals(
    labels: ArrayLike,
    scores: ArrayLike,
    *,
    max_fpr: float = MAX_FPR,
    n_resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Intervals:
    """Return stratified percentile bootstrap intervals of AUC and pAUC.

    Normal and anomalous clips are resampled separately, so that every resample keeps their numbers (Efron & Tibshirani,
    "An Introduction to the Bootstrap", 1993, ch. 13). If scores separate the labels perfectly, or perfectly the wrong
    way round, all resamples agree. The open end is then the exact binomial limit over disjoint pairs of one normal and
    one anomalous clip (for pAUC: of the normals among the highest `max_fpr`), which are independent trials.

    Parameters
    ----------
    labels : array_like of {0, 1}, shape (n_clips,)
        0 for normal, 1 for anomaly; both must occur.
    scores : array_like of float, shape (n_clips,)
        Anomaly scores, finite.
    max_fpr : float, default 0.1
        Highest false-positive rate of the pAUC.
    n_resamples : int, default 1000
        Number of resamples, at least 1.
    confidence : float, default 0.95
        Share of the resamples inside the interval, between 0 and 1.
    seed : int, default 0
        Seed of the resampling; equal seeds give equal intervals.

    Returns
    -------
    Intervals
        Low and high end for AUC and for pAUC.

    Raises
    ------
    ParameterError
        If an argument is not as described.

    Examples
    --------
    >>> from offkey.evaluation import bootstrap_intervals
    >>> low, high = bootstrap_intervals([0] * 10 + [1] * 10, range(20), n_resamples=100).auc
    >>> low > 0.5, high
    (True, 1.0)
    """
    ranking = Ranking(labels, scores)
    return ranking_intervals(ranking, max_fpr=max_fpr, n_resamples=n_resamples, confidence=confidence, seed=seed)


def ranking_intervals(
    ranking: Ranking,
    *,
    max_fpr: float = MAX_FPR,
    n_resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Intervals:
    """Return the intervals of clips that are ranked already; as `bootstrap_intervals`."""
    _check(n_resamples, confidence)
    limit, labels = checked_max_fpr(max_fpr), ranking.labels
    draws = [ranking.areas(counts, max_fpr=limit) for counts in stratified_counts(labels, n_resamples, seed=seed)]
    n_anomalous = int(labels.sum())
    n_normal = len(labels) - n_anomalous
    return Intervals(
        _opened(percentile_interval(_joined(draws, 0), confidence), confidence, min(n_normal, n_anomalous), 0.0),
        _opened(
            percentile_interval(_joined(draws, 1), confidence),
            confidence,
            min(int(limit * n_normal), n_anomalous),
            float(standardised(np.zeros(1), limit)[0]) if limit < 1 else 0.0,
        ),
    )


def paired_differences(
    labels: ArrayLike,
    scores: ArrayLike,
    reference: ArrayLike,
    *,
    max_fpr: float = MAX_FPR,
    n_resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Differences:
    """Return how much one system's AUC and pAUC exceed another's on the same clips, with intervals.

    Each resample draws the same clips for both systems, so what is easy or hard about a clip cancels:
    the interval is narrower than that of either system, and an interval without zero means a real difference.
    """
    _check(n_resamples, confidence)
    ours, theirs, limit = Ranking(labels, scores), Ranking(labels, reference), checked_max_fpr(max_fpr)
    draws = []
    for counts in stratified_counts(ours.labels, n_resamples, seed=seed):
        a, b = ours.areas(counts, max_fpr=limit), theirs.areas(counts, max_fpr=limit)
        draws.append(Areas(a.auc - b.auc, a.pauc - b.pauc))
    whole, other = ours.areas(max_fpr=limit), theirs.areas(max_fpr=limit)
    return Differences(
        *(
            Difference(float(whole[kind][0] - other[kind][0]), percentile_interval(_joined(draws, kind), confidence))
            for kind in (0, 1)
        )
    )


def stratified_counts(strata: ArrayLike, n_resamples: int, *, seed: int = 0) -> Iterator[NDArray[np.float64]]:
    """Draw clips with replacement inside each stratum, and count how often each was drawn.

    Yields blocks of shape (n_rows, n_clips), one row per resample, `n_resamples` rows in all.
    """
    names = np.asarray(strata)
    members = [np.flatnonzero(names == name) for name in np.unique(names)]
    rng = np.random.default_rng(seed)
    rows = max(1, _BLOCK // len(names))
    for start in range(0, n_resamples, rows):
        n_rows = min(rows, n_resamples - start)
        counts = np.empty((n_rows, len(names)))
        for inside in members:
            drawn = rng.integers(0, len(inside), size=(n_rows, len(inside)))
            drawn += np.arange(n_rows)[:, None] * len(inside)
            counts[:, inside] = np.bincount(drawn.ravel(), minlength=drawn.size).reshape(drawn.shape)
        yield counts


def percentile_interval(values: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return the interval that leaves equal shares of the values out on both sides."""
    tail = (1 - confidence) / 2
    low, high = np.quantile(np.asarray(values, dtype=np.float64), [tail, 1 - tail])
    return float(low), float(high)


def _opened(interval: Interval, confidence: float, n_pairs: int, least: float) -> Interval:
    """Open an interval without width at the end where its figure could still go."""
    low, high = interval
    if high - low > 1e-12:
        return interval
    # all n pairs came out alike: the chance of one has the limit tail^(1/n), without a pair none at all
    limit = ((1 - confidence) / 2) ** (1 / n_pairs) if n_pairs else 0.0
    if high >= 1 - 1e-12:
        return least + (1 - least) * limit, high
    if low <= least + 1e-12:
        return low, 1 - (1 - least) * limit
    return interval


def _joined(draws: list[Areas], kind: int) -> Floats:
    return np.concatenate([draw[kind] for draw in draws])


def _check(n_resamples: int, confidence: float) -> None:
    for name, value, rule in (
        ("n_resamples", n_resamples, Range(int, 1)),
        ("confidence", confidence, Range(float, 0, 1, open_low=True, open_high=True)),
    ):
        if not rule.holds(value):
            raise ParameterError(f"The '{name}' parameter must be {rule}. Got {value!r} instead.")
