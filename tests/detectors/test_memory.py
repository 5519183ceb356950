from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors import create, find, names
from offkey.detectors.base import Detector
from offkey.detectors.memory import Remembering, prototypes, remembered, sampled

REMEMBERING = [name for name in names() if "memory" in find(name).defaults()]


def test_few_clips_are_all_remembered_and_many_by_their_content_alone() -> None:
    X = np.random.default_rng(0).standard_normal((300, 4))
    np.testing.assert_array_equal(sampled(X, 300), np.arange(300))
    np.testing.assert_array_equal(remembered(X, 300), X)
    kept = sampled(X, 50)
    assert len(set(kept.tolist())) == 50
    order = np.random.default_rng(1).permutation(300)
    np.testing.assert_array_equal(np.sort(order[sampled(X[order], 50)]), kept)
    more = np.vstack([X, np.random.default_rng(2).standard_normal((20, 4))])
    assert len(np.intersect1d(sampled(more, 50), kept)) >= 40  # 50 * 300 / 320 = 47 are expected to stay


def test_what_is_remembered_of_many_clips_are_the_means_of_groups() -> None:
    rng = np.random.default_rng(0)
    X = np.repeat(np.arange(4.0)[:, None] * 100, 500, axis=0) + rng.standard_normal((2000, 3))
    kept = remembered(X, 64)
    assert kept.shape == (64, 3)
    nearest = np.argmin(((X[:, None] - X[sampled(X, 64)]) ** 2).sum(axis=2), axis=1)
    np.testing.assert_allclose(kept[7], X[nearest == 7].mean(axis=0))
    order = rng.permutation(2000)
    again = remembered(X[order], 64)
    np.testing.assert_allclose(again[np.lexsort(again.T)], kept[np.lexsort(kept.T)])
    same = np.ones((200, 2))
    np.testing.assert_array_equal(remembered(same, 20), np.ones((20, 2)))


def test_detectors_that_compare_with_clips_have_a_memory() -> None:
    assert {"knn", "local_density", "subband_density", "local_mahalanobis", "lof"} <= set(REMEMBERING)


@pytest.mark.parametrize("name", REMEMBERING)
def test_a_bounded_memory_still_tells_normal_from_anomalous(name: str) -> None:
    rng = np.random.default_rng(0)
    X, normal = rng.standard_normal((400, 8)), rng.standard_normal((50, 8))
    detector = create(name, memory=64).fit(X)
    scores = np.concatenate([detector.score(normal), detector.score(normal + 12 * (np.arange(8) % 2))])
    assert scores[50:].min() > np.median(scores[:50])
    whole = create(name, memory=400).fit(X).score(normal)
    np.testing.assert_array_equal(whole, create(name).fit(X).score(normal))
    assert not np.array_equal(whole, scores[:50])


@pytest.mark.parametrize("name", [name for name in REMEMBERING if issubclass(find(name), Remembering)])
def test_a_smaller_detector_compares_with_prototypes_of_the_clips(name: str) -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((200, 8)) - 40
    detector = create(name).fit(X)
    smaller = detector.smaller(32)
    assert len(detector.clips_) == 200
    assert (len(smaller.clips_), smaller.memory) == (32, 32)
    assert detector.smaller(200) is detector
    normal = rng.standard_normal((50, 8)) - 40
    scores = smaller.score(np.concatenate([normal, normal + 12 * (np.arange(8) % 2)]))
    assert scores[50:].min() > np.median(scores[:50])
    again = Detector.from_state(smaller.state())
    np.testing.assert_array_equal(again.score(normal), smaller.score(normal))


@pytest.mark.parametrize("name", [name for name in REMEMBERING if issubclass(find(name), Remembering)])
@pytest.mark.parametrize(("n", "d"), [(40, 8), (12, 30)])
def test_the_rows_that_a_detector_knows_are_those_that_it_learnt(name: str, n: int, d: int) -> None:
    X = np.random.default_rng(0).standard_normal((n, d)) - 40
    detector = create(name).fit(X)
    known = detector.known_rows()
    again = create(name).fit(known)
    new = X[:3] + 0.1 * np.random.default_rng(1).standard_normal((3, d))
    np.testing.assert_allclose(again.score(new), detector.score(new))
    if name != "spectral_angle":  # which knows no loudness
        np.testing.assert_allclose(known, X)


def test_prototypes_are_means_of_groups_that_stay() -> None:
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.standard_normal((100, 3)) + 50 * one for one in range(4)])
    found = prototypes(X, 20)
    error, after_one_step = (
        np.linalg.norm(X[:, None] - centres, axis=2).min(axis=1) for centres in (found, remembered(X, 20))
    )
    assert (error**2).mean() < (after_one_step**2).mean()
    np.testing.assert_array_equal(prototypes(X, 400), X)
    np.testing.assert_array_equal(prototypes(np.ones((50, 2)), 20), np.ones((20, 2)))
