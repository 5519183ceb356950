from __future__ import annotations

import numpy as np
import pytest

from offkey.errors import ParameterError
from offkey.evaluation import auc, bootstrap_intervals, evaluate, pauc, validate
from offkey.evaluation.metrics import detection

LABELS = [0] * 20 + [1] * 10
SCORES = np.random.default_rng(0).normal(size=30) + np.array(LABELS)


def test_it_gathers_the_metrics() -> None:
    decisions = (SCORES > 1).astype(int)
    found = evaluate(LABELS, SCORES, decisions, max_fpr=0.2, n_resamples=50, seed=3)
    intervals = bootstrap_intervals(LABELS, SCORES, max_fpr=0.2, n_resamples=50, seed=3)
    assert found == {
        "auc": auc(LABELS, SCORES),
        "auc_ci": list(intervals.auc),
        "pauc": pauc(LABELS, SCORES, 0.2),
        "pauc_ci": list(intervals.pauc),
        "n_normal": 20,
        "n_anomalous": 10,
        **detection(LABELS, decisions)._asdict(),
    }
    assert "f1" not in evaluate(LABELS, SCORES, n_resamples=5)


@pytest.mark.parametrize(
    ("labels", "scores", "message"),
    [
        ([0, 1], [0.1], "one entry|shape"),
        ([0, 0], [0.1, 0.2], "needs normal and anomalous clips: all 2 are normal"),
        ([0, 2], [0.1, 0.2], r"'labels' must be 0 \(normal\) or 1 \(anomaly\). Got 2"),
        ([0, 1], [0.1, np.nan], "finite"),
    ],
)
def test_what_is_not_as_it_must_be_is_said(labels: list[int], scores: list[float], message: str) -> None:
    for function in (validate, evaluate):
        with pytest.raises(ParameterError, match=message):
            function(labels, scores)
