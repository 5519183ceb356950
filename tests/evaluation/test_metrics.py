from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support, roc_auc_score
from sklearn.metrics import roc_curve as reference_curve

from offkey.errors import ParameterError
from offkey.evaluation.metrics import auc, detection, harmonic_mean, pauc, precision_recall_f1, roc_curve


@st.composite
def labelled_scores(draw: st.DrawFn) -> tuple[list[int], list[float]]:
    """Labels of both kinds, and scores of which some are tied."""
    n = draw(st.integers(2, 40))
    labels = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    assume(0 < sum(labels) < n)
    few = st.integers(-5, 5).map(float)
    many = st.floats(-1e6, 1e6, allow_subnormal=False)
    scores = draw(st.one_of(st.lists(few, min_size=n, max_size=n), st.lists(many, min_size=n, max_size=n)))
    return labels, scores


@settings(deadline=None)
@given(labelled_scores(), st.floats(0.01, 1))
def test_areas_equal_those_of_scikit_learn(case: tuple[list[int], list[float]], max_fpr: float) -> None:
    labels, scores = case
    assert auc(labels, scores) == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    for limit in (0.1, max_fpr):
        assert pauc(labels, scores, limit) == pytest.approx(roc_auc_score(labels, scores, max_fpr=limit), abs=1e-12)


@settings(deadline=None)
@given(labelled_scores())
def test_curve_equals_that_of_scikit_learn(case: tuple[list[int], list[float]]) -> None:
    labels, scores = case
    for ours, theirs in zip(
        roc_curve(labels, scores), reference_curve(labels, scores, drop_intermediate=False), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


@settings(deadline=None)
@given(labelled_scores())
def test_only_the_order_of_the_scores_matters(case: tuple[list[int], list[float]]) -> None:
    labels, scores = case
    ranks = np.unique(scores, return_inverse=True)[1].astype(float)
    assert auc(labels, np.exp(ranks / 10) - 7) == auc(labels, scores)
    assert pauc(labels, ranks**3) == pauc(labels, scores)


@settings(deadline=None)
@given(labelled_scores())
def test_turning_the_scores_round_turns_the_area_round(case: tuple[list[int], list[float]]) -> None:
    labels, scores = case
    assert auc(labels, [-score for score in scores]) == pytest.approx(1 - auc(labels, scores), abs=1e-12)


@settings(deadline=None)
@given(labelled_scores(), st.randoms(use_true_random=False))
def test_the_order_of_the_clips_does_not_matter(case: tuple[list[int], list[float]], random: object) -> None:
    labels, scores = case
    order = list(range(len(labels)))
    random.shuffle(order)  # type: ignore[attr-defined]
    mixed = [labels[i] for i in order], [scores[i] for i in order]
    assert auc(*mixed) == auc(labels, scores)
    assert pauc(*mixed) == pauc(labels, scores)


def test_extremes() -> None:
    labels, scores = [0] * 20 + [1] * 20, list(range(40))
    assert auc(labels, scores) == pauc(labels, scores) == 1
    assert auc(labels, scores[::-1]) == 0
    assert pauc(labels, scores[::-1]) == pytest.approx(0.47368421052631576)
    assert auc(labels, [3.0] * 40) == 0.5
    assert pauc(labels, [3.0] * 40) == pytest.approx(0.5)


def test_partial_area_interpolates_between_corners() -> None:
    # 3 normals: the limit of 0.1 lies before the first false alarm at 1/3; half of the anomalies come before it
    labels, scores = [1, 0, 1, 0, 0], [5, 4, 3, 2, 1]
    assert pauc(labels, scores) == pytest.approx(0.5 * (1 + (0.05 - 0.005) / 0.095), abs=1e-15)


@pytest.mark.parametrize(
    ("labels", "scores", "message"),
    [
        ([], [], "at least one clip"),
        ([[0, 1]], [1, 2], r"shape \(1, 2\)"),
        ([0, 2], [1, 2], "Got 2 instead"),
        ([0, np.nan], [1, 2], "Got nan instead"),
        (["normal", "anomaly"], [1, 2], "Got 'normal' instead"),
        ([0, 0, 0], [1, 2, 3], "all 3 are normal"),
        ([1, 1], [1, 2], "all 2 are anomalous"),
        ([0, 1], [1], r"shape \(2,\). Got shape \(1,\)"),
        ([0, 1], [1, np.nan], "1 of 2 are NaN or infinite, the first is entry 1"),
        ([0, 1], [-np.inf, 1], "entry 0"),
        ([0, 1], ["a", "b"], "array of numbers"),
    ],
)
def test_bad_input_is_refused(labels: list[object], scores: list[object], message: str) -> None:
    for metric in (auc, pauc, roc_curve):
        with pytest.raises(ParameterError, match=message):
            metric(labels, scores)


@pytest.mark.parametrize("max_fpr", [0, -0.1, 1.1, np.nan, True, "0.1"])
def test_bad_limit_is_refused(max_fpr: float) -> None:
    with pytest.raises(ParameterError, match=r"'max_fpr' parameter must be a float in the range \(0, 1\]"):
        pauc([0, 1], [1, 2], max_fpr)


def test_decisions() -> None:
    found = detection([0, 0, 0, 1, 1], [0, 1, 0, 1, 0])
    assert (found.true_positives, found.false_positives, found.false_negatives, found.true_negatives) == (1, 1, 1, 2)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    assert found.false_alarm_rate == pytest.approx(1 / 3)


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_rates_equal_those_of_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    labels, decisions = zip(*pairs, strict=True)
    expected = precision_recall_fscore_support(labels, decisions, average="binary", zero_division=0)[:3]
    assert precision_recall_f1(labels, decisions) == pytest.approx(expected, abs=1e-12)


def test_decisions_of_other_length_are_refused() -> None:
    with pytest.raises(ParameterError, match="'decisions' must have one entry for each label"):
        precision_recall_f1([0, 1], [1])
    with pytest.raises(ParameterError, match="'decisions' must be 0"):
        precision_recall_f1([0, 1], [1, 3])


def test_harmonic_mean() -> None:
    assert harmonic_mean([1, 2, 4]) == pytest.approx(12 / 7)
    assert harmonic_mean([[0.5], [0.5]]) == 0.5
    assert harmonic_mean([0.9, 0]) == pytest.approx(2 * np.finfo(float).eps, rel=1e-9)
    with pytest.raises(ParameterError, match="no values"):
        harmonic_mean([])
