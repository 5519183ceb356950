from __future__ import annotations

import time

import numpy as np
import pytest

from offkey.errors import ParameterError
from offkey.evaluation.intervals import (
    bootstrap_intervals,
    paired_differences,
    percentile_interval,
    stratified_counts,
)
from offkey.evaluation.metrics import auc, pauc


def sample(n: int, lift: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    return labels, rng.normal(size=n) + lift * labels


def test_counts_keep_the_size_of_each_stratum() -> None:
    strata = ["a"] * 7 + ["b"] * 3
    counts = np.concatenate(list(stratified_counts(strata, 200, seed=1)))
    assert counts.shape == (200, 10)
    assert (counts[:, :7].sum(axis=1) == 7).all()
    assert (counts[:, 7:].sum(axis=1) == 3).all()
    assert counts.mean(axis=0) == pytest.approx(np.ones(10), abs=0.3)


def test_blocks_do_not_lose_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offkey.evaluation.intervals._BLOCK", 35)
    blocks = list(stratified_counts([0, 1] * 5, 10))
    assert [len(block) for block in blocks] == [3, 3, 3, 1]


def test_intervals_hold_the_figure_and_repeat_by_seed() -> None:
    labels, scores = sample(200, 1.0)
    intervals = bootstrap_intervals(labels, scores, seed=3)
    assert intervals.auc[0] < auc(labels, scores) < intervals.auc[1]
    assert intervals.pauc[0] < pauc(labels, scores) < intervals.pauc[1]
    assert bootstrap_intervals(labels, scores, seed=3) == intervals
    assert bootstrap_intervals(labels, scores, seed=4) != intervals


def test_auc_interval_is_as_wide_as_theory_says() -> None:
    labels, scores = sample(400, 0.5)
    low, high = bootstrap_intervals(labels, scores).auc
    area = auc(labels, scores)
    # Hanley & McNeil 1982, equation 1
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    error = np.sqrt((area * (1 - area) + 199 * (q1 - area**2) + 199 * (q2 - area**2)) / 200**2)
    assert (high - low) / 2 == pytest.approx(1.96 * error, rel=0.15)


def test_intervals_cover_the_truth() -> None:
    from scipy.stats import norm

    truth = norm.cdf(1 / np.sqrt(2))
    covered = 0
    for seed in range(200):
        low, high = bootstrap_intervals(*sample(100, 1.0, seed), n_resamples=200).auc
        covered += low <= truth <= high
    assert 0.88 <= covered / 200 <= 0.99


def test_higher_confidence_is_wider() -> None:
    labels, scores = sample(100, 1.0)
    wide, narrow = (bootstrap_intervals(labels, scores, confidence=share).auc for share in (0.99, 0.8))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_perfect_separation_is_not_certainty() -> None:
    few = bootstrap_intervals([0] * 3 + [1] * 3, range(6))
    many = bootstrap_intervals([0] * 80 + [1] * 80, range(160))
    assert few.auc == (pytest.approx(0.025 ** (1 / 3)), 1)  # type: ignore[comparison-overlap]
    assert many.auc == (pytest.approx(0.025 ** (1 / 80)), 1)  # type: ignore[comparison-overlap]
    lowest = pytest.approx(0.47368421052631576)  # no normal clip among the highest tenth
    assert few.pauc == (lowest, 1)  # type: ignore[comparison-overlap]
    assert many.pauc == (pytest.approx(1 - (1 - 0.47368421052631576) * (1 - 0.025 ** (1 / 8))), 1)  # type: ignore[comparison-overlap]
    wrong = bootstrap_intervals([1] * 80 + [0] * 80, range(160))
    assert wrong.auc == (0, pytest.approx(1 - 0.025 ** (1 / 80)))  # type: ignore[comparison-overlap]


def test_scores_that_tell_nothing_are_chance_for_certain() -> None:
    intervals = bootstrap_intervals([0, 1] * 20, [1.0] * 40)
    assert intervals.auc == intervals.pauc == (0.5, 0.5)


def test_ten_thousand_clips_take_seconds() -> None:
    labels, scores = sample(10_000, 0.5)
    start = time.process_time()
    bootstrap_intervals(labels, scores, n_resamples=1000)
    assert time.process_time() - start < 10


def test_paired_difference_is_narrower_than_either() -> None:
    labels, scores = sample(300, 1.0)
    better = scores + 0.3 * labels
    found = paired_differences(labels, better, scores)
    assert found.auc.value == pytest.approx(auc(labels, better) - auc(labels, scores))
    assert found.pauc.value == pytest.approx(pauc(labels, better) - pauc(labels, scores))
    low, high = found.auc.interval
    assert 0 < low < found.auc.value < high
    alone = bootstrap_intervals(labels, scores).auc
    assert high - low < (alone[1] - alone[0]) / 2


def test_a_system_does_not_differ_from_itself() -> None:
    labels, scores = sample(50, 1.0)
    found = paired_differences(labels, scores, 2 * scores + 5)
    assert found.auc == found.pauc == (0, (0, 0))


def test_percentiles() -> None:
    assert percentile_interval(range(101), 0.9) == pytest.approx((5, 95))


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"n_resamples": 0}, "'n_resamples' parameter must be an int"),
        ({"confidence": 1.0}, "'confidence' parameter must be a float"),
        ({"max_fpr": 2}, "'max_fpr' parameter"),
    ],
)
def test_bad_options_are_refused(option: dict[str, float], message: str) -> None:
    labels, scores = sample(10, 1.0)
    with pytest.raises(ParameterError, match=message):
        bootstrap_intervals(labels, scores, **option)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match=message):
        paired_differences(labels, scores, scores, **option)  # type: ignore[arg-type]
