"""Metrics, their intervals, and the official scores of each edition, exactly as the organisers compute them.

Labels are 0 (normal) and 1 (anomaly); higher scores are more anomalous. As in mir_eval, there are `validate`, the
metric functions and `evaluate`. `evaluate_scores` measures tables of scores; `official_score` and `dcase_score` give
official scores of clips and of a submission folder.

>>> from offkey.evaluation import auc
>>> auc([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.8])
0.75
"""

from offkey.evaluation.dcase_score import SubmissionScore, dcase_score
from offkey.evaluation.evaluating import evaluate, validate
from offkey.evaluation.intervals import bootstrap_intervals
from offkey.evaluation.metrics import MAX_FPR, auc, harmonic_mean, pauc, precision_recall_f1, roc_curve
from offkey.evaluation.official import OfficialScore, official_score
from offkey.evaluation.report import ScoreReport, evaluate_scores
from offkey.evaluation.sections import SectionScores

__all__ = [
    "MAX_FPR",
    "OfficialScore",
    "ScoreReport",
    "SectionScores",
    "SubmissionScore",
    "auc",
    "bootstrap_intervals",
    "dcase_score",
    "evaluate",
    "evaluate_scores",
    "harmonic_mean",
    "official_score",
    "pauc",
    "precision_recall_f1",
    "roc_curve",
    "validate",
]


def __dir__() -> list[str]:
    return __all__
