from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors import create
from offkey.detectors.domains import domain_moves, lifted


def test_moves_are_differences_of_means() -> None:
    X = np.arange(24.0).reshape(12, 2)
    domains = np.array(["b"] * 5 + ["a"] * 7)
    moves, of_clip = domain_moves(X, domains)
    assert np.allclose(moves, [[0, 0], X[:5].mean(axis=0) - X[5:].mean(axis=0)])
    assert of_clip.tolist() == [1] * 5 + [0] * 7


def test_a_domain_of_fewer_than_5_clips_stays_with_the_most() -> None:
    X = np.arange(12.0)[:, None]
    moves, of_clip = domain_moves(X, np.array(["few"] * 4 + ["most"] * 8))
    assert np.allclose(moves, 0)
    assert (of_clip == 0).all()
    moves, of_clip = domain_moves(X[:3], np.array(["a", "b", "b"]))
    assert moves.shape == (1, 1)


@pytest.mark.parametrize("name", ["fused", "knn", "mahalanobis", "pca_residual"])
def test_few_target_clips_make_the_target_normal_and_keep_its_faults_anomalous(name: str) -> None:
    rng = np.random.default_rng(0)
    ways, shift = rng.normal(size=(4, 20)), 6 * rng.normal(size=20)

    def normal(n: int):
        return rng.normal(size=(n, 4)) @ ways + 0.3 * rng.normal(size=(n, 20))

    X = np.vstack([normal(150), normal(10) + shift])
    domains = np.repeat(["source", "target"], [150, 10])
    fault = 2 * rng.normal(size=20)
    of_normal, of_fault = normal(100) + shift, normal(100) + shift + fault
    misses = {}
    for told in (None, domains):
        detector = create(name).fit(X, domains=told)
        misses[told is None] = (detector.score(of_fault)[:, None] <= detector.score(of_normal)).mean()
        if told is not None:
            source, target = detector.score(normal(100)), detector.score(of_normal)
            assert abs(np.median(source) - np.median(target)) < 1.5 * source.std()
    assert misses[False] < 0.05
    assert misses[False] <= misses[True]


def test_a_fit_without_domains_forgets_an_earlier_one_with(clips, new_clips) -> None:
    domains = np.repeat(["source", "target"], [60, 20])
    detector = create("knn").fit(clips, domains=domains)
    assert not np.allclose(detector.score(new_clips), create("knn").fit(clips).score(new_clips))
    assert np.allclose(detector.fit(clips).score(new_clips), create("knn").fit(clips).score(new_clips))


def test_scores_are_lifted_to_the_domain_that_scores_highest() -> None:
    scores = np.array([1.0, 2, 3, 2, 2, 2, 5, 6, 7, 5, 7, 40])
    domains = np.array(["source"] * 6 + ["target"] * 5 + ["few"])
    found, highest = lifted(scores, np.where(domains == "few", "source", domains))
    assert highest == "source"  # of which one clip lies far out
    found, highest = lifted(scores[:-1], domains[:-1])
    assert highest == "target"
    np.testing.assert_allclose(found, [5, 6, 7, 6, 6, 6, 5, 6, 7, 5, 7])
    np.testing.assert_array_equal(lifted(scores[:-1], domains[6:7].repeat(11))[0], scores[:-1])


def test_one_domain_lifts_nothing_and_few_clips_count_to_the_most() -> None:
    scores = np.arange(9.0)
    found, highest = lifted(scores, np.array(["source"] * 5 + ["target"] * 4))
    assert highest is None
    np.testing.assert_array_equal(found, scores)
