from __future__ import annotations

import numpy as np
import pytest

from offkey.errors import ParameterError
from offkey.evaluation.ranking import Ranking, checked_labels, standardised


def test_weights_are_repeated_clips() -> None:
    rng = np.random.default_rng(1)
    labels, scores = rng.integers(0, 2, 30), rng.integers(0, 12, 30)
    weights = rng.integers(1, 4, (5, 30))
    areas = Ranking(labels, scores).areas(weights, max_fpr=0.2)
    for row, auc, pauc in zip(weights, *areas, strict=True):
        repeated = Ranking(np.repeat(labels, row), np.repeat(scores, row)).areas(max_fpr=0.2)
        assert auc == pytest.approx(repeated.auc[0], abs=1e-14)
        assert pauc == pytest.approx(repeated.pauc[0], abs=1e-14)


def test_weight_zero_leaves_a_clip_out() -> None:
    labels, scores = [0, 1, 0, 1, 0, 1], [1, 2, 3, 4, 4, 5]
    out = Ranking(labels, scores).areas([[1, 1, 0, 1, 1, 1]])
    without = Ranking(np.delete(labels, 2), np.delete(scores, 2)).areas()
    assert out.auc[0] == without.auc[0]
    assert out.pauc[0] == without.pauc[0]


def test_tied_scores_share_a_threshold() -> None:
    ranking = Ranking([0, 1, 1, 0], [2.0, 2.0, 5.0, 1.0])
    normal, anomalous = ranking.counts()
    assert ranking.thresholds.tolist() == [5, 2, 1]
    assert normal.tolist() == [[0, 1, 1]]
    assert anomalous.tolist() == [[1, 1, 0]]


def test_the_whole_area_as_partial_area_is_the_area() -> None:
    areas = Ranking([0, 1, 0, 1], [1, 2, 3, 4]).areas(max_fpr=1)
    assert areas.auc.tolist() == areas.pauc.tolist() == [0.75]


def test_standardised_chance_and_perfection() -> None:
    assert standardised(np.array([0.005, 0.1]), 0.1) == pytest.approx([0.5, 1.0])


def test_labels_may_be_bools_or_whole_floats() -> None:
    assert checked_labels([True, False]).tolist() == [1, 0]
    assert checked_labels([0.0, 1.0]).tolist() == [0, 1]
    with pytest.raises(ParameterError, match=r"'truth' must be 0 \(normal\) or 1 \(anomaly\). Got 0.5"):
        checked_labels([0.5, 1], "truth")


def test_scores_may_be_as_far_apart_as_floats_go() -> None:
    assert Ranking([0, 1, 0, 1], [-1.7e308, 1.7e308, -0.0, 0.0]).areas().auc[0] == 0.875
