from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors import create, find, names
from offkey.detectors.memory import remembered, sampled

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
