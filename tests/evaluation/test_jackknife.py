from __future__ import annotations

import numpy as np
import pytest

from offkey.errors import ParameterError
from offkey.evaluation.jackknife import jackknife, leave_one_out
from offkey.evaluation.metrics import auc, pauc


@pytest.mark.parametrize("decimals", [0, 8])
def test_each_clip_is_left_out_once(decimals: int) -> None:
    rng = np.random.default_rng(0)
    labels, scores = rng.integers(0, 2, 25), np.round(rng.normal(size=25), decimals)
    for index in range(25):
        rest = np.delete(labels, index), np.delete(scores, index)
        assert leave_one_out(labels, scores)[index] == pytest.approx(auc(*rest), abs=1e-14)
        assert leave_one_out(labels, scores, max_fpr=0.1)[index] == pytest.approx(pauc(*rest), abs=1e-14)


def test_blocks_do_not_lose_clips(monkeypatch: pytest.MonkeyPatch) -> None:
    labels, scores = [0, 1] * 5, list(range(10))
    whole = leave_one_out(labels, scores)
    monkeypatch.setattr("offkey.evaluation.jackknife._BLOCK", 35)
    assert leave_one_out(labels, scores).tolist() == whole.tolist()


def test_estimate_and_width_by_the_definition() -> None:
    from scipy.stats import t

    rng = np.random.default_rng(2)
    labels, scores = np.arange(40) % 2, rng.normal(size=40) + np.arange(40) % 2
    parts = leave_one_out(labels, scores)
    pseudo = 40 * auc(labels, scores) - 39 * parts
    found = jackknife(labels, scores)
    assert found.estimate == pytest.approx(pseudo.mean(), abs=1e-12)
    error = np.sqrt(((pseudo - pseudo.mean()) ** 2).sum() / (40 * 39))
    assert found.half_width == pytest.approx(t.ppf(0.975, 39) * error, rel=1e-9)


def test_width_is_near_that_of_the_bootstrap() -> None:
    from offkey.evaluation.intervals import bootstrap_intervals

    rng = np.random.default_rng(3)
    labels = np.arange(400) % 2
    scores = rng.normal(size=400) + 0.7 * labels
    low, high = bootstrap_intervals(labels, scores).auc
    assert 2 * jackknife(labels, scores).half_width == pytest.approx(high - low, rel=0.15)


def test_too_few_clips_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"at least 2 normal and 2 anomalous clips\. Got 1 normal and 3 anomalous"):
        jackknife([0, 1, 1, 1], [1, 2, 3, 4])
    with pytest.raises(ParameterError, match="'confidence' parameter"):
        jackknife([0, 0, 1, 1], [1, 2, 3, 4], confidence=0)
