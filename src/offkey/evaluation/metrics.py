"""The metrics of anomalous sound detection, as the organisers' evaluators compute them.

Labels are 0 (normal) and 1 (anomaly); scores are higher for what is more anomalous.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from offkey.errors import ParameterError
from offkey.evaluation.ranking import Floats, Ranking, checked_labels, checked_max_fpr

__all__ = ["MAX_FPR", "Detection", "auc", "detection", "harmonic_mean", "pauc", "precision_recall_f1", "roc_curve"]

MAX_FPR = 0.1
"""Highest false-positive rate of the partial AUC in every edition of DCASE Task 2."""


class Detection(NamedTuple):
    """Counts and rates of decisions against labels."""

    precision: float
    recall: float
    f1: float
    false_alarm_rate: float  # of the normal clips; 0 without normal clips
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int


def auc(labels: ArrayLike, scores: ArrayLike) -> float:
    """Return the area under the ROC curve.

    It is the chance that an anomaly scores higher than a normal clip; a tie counts one half (Hanley & McNeil, Radiology
    143, 1982).

    Parameters
    ----------
    labels : array_like of {0, 1}, shape (n_clips,)
        0 for normal, 1 for anomaly; both must occur.
    scores : array_like of float, shape (n_clips,)
        Anomaly scores, finite.

    Returns
    -------
    float
        The area, between 0 and 1; chance is 0.5.

    Raises
    ------
    ParameterError
        If an argument is not as described.

    Examples
    --------
    >>> from offkey.evaluation import auc
    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.8])
    0.75
    """
    return float(Ranking(labels, scores).areas().auc[0])


def pauc(labels: ArrayLike, scores: ArrayLike, max_fpr: float = MAX_FPR) -> float:
    """Return the partial area under the ROC curve, standardised after McClish.

    The curve is interpolated linearly at `max_fpr`. With pA the area for false-positive rates up to
    p = `max_fpr`, the result is 0.5 (1 + (pA - p^2/2) / (p - p^2/2)); see
    `offkey.evaluation.ranking.standardised`.

    Parameters
    ----------
    labels, scores
        As in `auc`.
    max_fpr : float, default 0.1
        Highest false-positive rate, in (0, 1]; 1 gives the AUC.

    Returns
    -------
    float
        The standardised area: 0.5 is chance, 1 is perfect; the minimum is 0.4737 for `max_fpr` 0.1.

    Raises
    ------
    ParameterError
        If an argument is not as described.

    Examples
    --------
    >>> from offkey.evaluation import pauc
    >>> round(pauc([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.8]), 4)
    0.7368
    """
    return float(Ranking(labels, scores).areas(max_fpr=checked_max_fpr(max_fpr)).pauc[0])


def roc_curve(labels: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return the corners of the ROC curve, one for each distinct score and one for the origin.

    Parameters
    ----------
    labels, scores
        As in `auc`.

    Returns
    -------
    fpr, tpr : ndarray of float, shape (n_corners,)
        Share of normal clips and of anomalies that score at or above each threshold.
    thresholds : ndarray of float, shape (n_corners,)
        The distinct scores, descending, after infinity for the origin.

    Raises
    ------
    ParameterError
        If an argument is not as described.

    Examples
    --------
    >>> from offkey.evaluation import roc_curve
    >>> fpr, tpr, thresholds = roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.8])
    >>> tpr.tolist()
    [0.0, 0.5, 0.5, 1.0, 1.0]
    """
    ranking = Ranking(labels, scores)
    normal, anomalous = ranking.counts()
    alarms, hits = np.cumsum(normal[0]), np.cumsum(anomalous[0])
    fpr = np.concatenate([[0.0], alarms / alarms[-1]])
    tpr = np.concatenate([[0.0], hits / hits[-1]])
    return fpr, tpr, np.concatenate([[np.inf], ranking.thresholds])


def detection(labels: ArrayLike, decisions: ArrayLike) -> Detection:
    """Return counts and rates of decisions (1 for anomalous) against labels; a rate over zero clips is zero."""
    truth, called = checked_labels(labels), checked_labels(decisions, "decisions")
    if truth.shape != called.shape:
        raise ParameterError(
            f"'decisions' must have one entry for each label, shape {truth.shape}. Got shape {called.shape} instead."
        )
    hits, alarms = int((truth & called).sum()), int(called.sum())
    anomalies, normals = int(truth.sum()), int(len(truth) - truth.sum())
    false_alarms = alarms - hits
    precision = hits / max(alarms, sys.float_info.epsilon)
    recall = hits / max(anomalies, sys.float_info.epsilon)
    return Detection(
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / max(precision + recall, sys.float_info.epsilon),
        false_alarm_rate=false_alarms / max(normals, sys.float_info.epsilon),
        true_positives=hits,
        false_positives=false_alarms,
        false_negatives=anomalies - hits,
        true_negatives=normals - false_alarms,
    )


def precision_recall_f1(labels: ArrayLike, decisions: ArrayLike) -> tuple[float, float, float]:
    """Return precision, recall and F1 score of the anomalies.

    A ratio of zero to zero is zero, as in the organisers' evaluators of 2021 on.

    Parameters
    ----------
    labels, decisions
        As in `detection`.

    Returns
    -------
    precision, recall, f1 : float
        Each between 0 and 1.

    Raises
    ------
    ParameterError
        If an argument is not as described.

    Examples
    --------
    >>> from offkey.evaluation import precision_recall_f1
    >>> precision_recall_f1([0, 0, 1, 1], decisions=[0, 0, 0, 1])[:2]
    (1.0, 0.5)
    """
    counts = detection(labels, decisions)
    return counts.precision, counts.recall, counts.f1


def harmonic_mean(values: ArrayLike) -> float:
    """Return the harmonic mean, with values below the machine epsilon raised to it.

    The floor, ``sys.float_info.epsilon``, is that of the organisers' evaluators; it keeps the mean defined, and close
    to zero, if a value is zero.

    Parameters
    ----------
    values : array_like of float
        At least one value.

    Returns
    -------
    float
        The mean.

    Raises
    ------
    ParameterError
        If there is no value.

    Examples
    --------
    >>> from offkey.evaluation import harmonic_mean
    >>> round(harmonic_mean([0.5, 1.0]), 4)
    0.6667
    """
    array = np.asarray(values, dtype=np.float64).ravel()
    if array.size == 0:
        raise ParameterError("The harmonic mean of no values is undefined.")
    return float(array.size / np.sum(1.0 / np.maximum(array, sys.float_info.epsilon)))
