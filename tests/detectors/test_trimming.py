from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors import create
from offkey.detectors.trimming import Known, least_like_others, n_trimmed


def _levels(n: int, seed: int = 0) -> np.ndarray:
    return -40 + 10 * np.sin(np.arange(16)) + np.random.default_rng(seed).normal(0, 1, (n, 16))


@pytest.mark.parametrize(
    ("clips", "trimmed"),
    [(0, 0), (20, 0), (45, 3), (80, 7), (100, 10), (101, 9), (250, 2), (464, 1), (465, 0), (10_000, 0)],
)
def test_a_tenth_of_a_hundred_clips_is_trimmed_and_none_of_many(clips: int, trimmed: int) -> None:
    assert n_trimmed(clips) == trimmed


@pytest.mark.parametrize("faulty", [1, 3, 5])
def test_a_few_clips_that_are_alike_and_unlike_the_others_are_found(faulty: int) -> None:
    levels = _levels(80)
    levels[:faulty, 5] += 20  # as loud as each other: neighbours of each other
    np.testing.assert_array_equal(least_like_others(levels, faulty), np.arange(faulty))


def test_the_order_of_clips_changes_nothing() -> None:
    levels, order = _levels(60), np.random.default_rng(1).permutation(60)
    np.testing.assert_array_equal(np.sort(order[least_like_others(levels[order], 6)]), least_like_others(levels, 6))


def test_each_clip_is_scored_by_a_copy_that_knows_none_of_its_group() -> None:
    """Clips come in pairs; one of the first pair does not stay, and is held out with the other."""
    X = np.repeat(_levels(20), 2, axis=0) + 0.01 * _levels(40, seed=1)
    groups = np.repeat(np.array([f"pair {number}" for number in range(20)], object), 2)
    odd = np.array([0, 20, 21])
    known = Known.of(len(X), odd, odd, groups)
    scores = known.fit_scored(create("knn"), X, X[odd], domains=None)
    for row in range(len(X)):
        others = [other for other in range(len(X)) if other not in odd and groups[other] != groups[row]]
        assert scores[row] == pytest.approx(create("knn").fit(X[others]).score(X[[row]])[0])


def test_faulty_clips_among_those_learnt_do_not_vouch_for_others() -> None:
    rng = np.random.default_rng(0)
    normal, fault = _levels(140), np.where(np.arange(16) == 5, 8.0, 0.0)
    faulty = _levels(25, seed=2) + fault + rng.normal(0, 0.5, (25, 16))
    learnt = np.vstack([normal[:95], faulty[:5]])

    def auc(trim: float | None) -> float:
        detector = create("fused", bands=16, levels=1, trim=trim)
        cross_validated = detector.fit_scored(learnt)
        assert len(cross_validated) == len(learnt)
        scores = detector.score(np.vstack([normal[95:], faulty[5:]]))
        return float((scores[45:, None] > scores[None, :45]).mean())

    assert auc(None) > 0.97
    assert auc(None) > auc(0.0) + 0.1


def test_a_domain_of_few_clips_is_no_fault() -> None:
    levels = _levels(80)
    levels[:5] += 15 * (np.arange(16) == 3)
    domains = np.where(np.arange(80) < 5, "target", "source")
    detector = create("fused", bands=16, levels=1)
    assert set(range(5)) <= set(detector.trimmed(levels).tolist())
    assert not set(range(5)) <= set(detector.trimmed(levels, domains=domains).tolist())
    assert len(create("fused", bands=16).trimmed(levels)) == 0
