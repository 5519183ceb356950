"""Validate scores and labels, and evaluate them by the functions of `metrics`."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from offkey.evaluation.intervals import ranking_intervals
from offkey.evaluation.metrics import MAX_FPR, detection
from offkey.evaluation.ranking import Ranking, checked_max_fpr

__all__ = ["evaluate", "validate"]


def validate(labels: ArrayLike, scores: ArrayLike) -> None:
    """Check that labels and scores are valid for the metrics.

    Parameters
    ----------
    labels : array_like of {0, 1}, shape (n_clips,)
        0 for normal, 1 for anomaly; both must occur.
    scores : array_like of float, shape (n_clips,)
        Anomaly scores, finite.

    Raises
    ------
    ParameterError
        If an argument is not as described.

    Examples
    --------
    >>> from offkey.evaluation import validate
    >>> validate([0, 0, 1], [0.1, 0.5, 0.4])
    """
    Ranking(labels, scores)


def evaluate(
    labels: ArrayLike,
    scores: ArrayLike,
    decisions: ArrayLike | None = None,
    *,
    max_fpr: float = MAX_FPR,
    n_resamples: int = 1000,
    seed: int = 0,
) -> dict[str, Any]:
    """Return all metrics of scores against labels.

    Parameters
    ----------
    labels : array_like of {0, 1}, shape (n_clips,)
        0 for normal, 1 for anomaly; both must occur.
    scores : array_like of float, shape (n_clips,)
        Anomaly scores, finite.
    decisions : array_like of {0, 1}, shape (n_clips,), optional
        1 for a clip that was called anomalous.
    max_fpr : float, default 0.1
        Highest false-positive rate of the pAUC.
    n_resamples : int, default 1000
        Resamples of the bootstrap.
    seed : int, default 0
        Seed of the bootstrap.

    Returns
    -------
    dict
        ``auc``, ``auc_ci``, ``pauc``, ``pauc_ci`` (95 % intervals, low and high end), ``n_normal``, ``n_anomalous``;
        with decisions also ``precision``, ``recall``, ``f1``, ``false_alarm_rate``, ``true_positives``,
        ``false_positives``, ``false_negatives`` and ``true_negatives``.

    Raises
    ------
    ParameterError
        If an argument is not as described.

    Examples
    --------
    >>> from offkey.evaluation import evaluate
    >>> found = evaluate([0, 0, 0, 1], [0.1, 0.5, 0.2, 0.4], decisions=[0, 1, 0, 0])
    >>> round(found["auc"], 3), found["false_alarm_rate"]
    (0.667, 0.3333333333333333)
    """
    ranking = Ranking(labels, scores)
    areas = ranking.areas(max_fpr=checked_max_fpr(max_fpr))
    intervals = ranking_intervals(ranking, max_fpr=max_fpr, n_resamples=n_resamples, seed=seed)
    n_anomalous = int(ranking.labels.sum())
    return {
        "auc": float(areas.auc[0]),
        "auc_ci": list(intervals.auc),
        "pauc": float(areas.pauc[0]),
        "pauc_ci": list(intervals.pauc),
        "n_normal": len(ranking) - n_anomalous,
        "n_anomalous": n_anomalous,
        **({} if decisions is None else detection(labels, decisions)._asdict()),
    }
