"""Metrics, their intervals, and the official scores of each edition, exactly as the organisers compute them."""

from offkey.evaluation.metrics import MAX_FPR, auc, harmonic_mean, pauc, precision_recall_f1, roc_curve
from offkey.evaluation.report import ScoreReport, evaluate_scores

__all__ = [
    "MAX_FPR",
    "ScoreReport",
    "auc",
    "evaluate_scores",
    "harmonic_mean",
    "pauc",
    "precision_recall_f1",
    "roc_curve",
]
