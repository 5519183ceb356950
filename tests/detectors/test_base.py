from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors import Detector, create, find
from offkey.errors import ParameterError


def test_each_clip_is_scored_by_a_copy_fitted_without_its_group(clips) -> None:
    groups = np.arange(80) // 8
    scores = create("knn").fit_scored(clips, groups=groups, folds=10)
    for group in range(10):
        out = groups == group
        assert np.allclose(scores[out], create("knn").fit(clips[~out]).score(clips[out]), rtol=1e-9)


@pytest.mark.parametrize(("name", "fits"), [("knn", 40), ("subband_density", 8), ("fused", 5)])
def test_new_normal_clips_rank_evenly_among_few_that_were_learnt(name: str, fits: int) -> None:
    """The mean p-value is 1/2 if scores are exchangeable; copies that learn from fewer clips score higher."""
    rng = np.random.default_rng(0)
    ways = rng.normal(size=(8, 48))

    def drawn(n: int) -> np.ndarray:
        return rng.normal(size=(n, 8)) @ ways + rng.normal(size=(n, 48))

    by_default, in_five = [], []
    for _ in range(fits):
        X, new, detector = drawn(40), drawn(200), create(name)
        for found, folds in ((in_five, 5), (by_default, None)):
            known = detector.fit_scored(X, folds=folds)
            found.append((known >= detector.score(new)[:, None]).mean())
    assert np.mean(by_default) == pytest.approx(0.5, abs=0.05)  # the mean of so few fits is good to 0.03
    assert np.mean(in_five) > np.mean(by_default) + 0.02


def test_too_few_groups_to_cross_validate(clips) -> None:
    with pytest.raises(ParameterError, match="too few clips to cross-validate"):
        create("knn").fit_scored(clips[:4], groups=[0, 0, 0, 0])


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="Did you mean 'mahalanobis'"):
        find("mahalonobis")


def test_a_detector_that_does_not_divide_its_score_leaves_it_whole(clips, new_clips) -> None:
    class Level(Detector):
        name = "level"

        def _fit(self, X, domains):
            self.mean_ = float(X.mean())

        def _score(self, X):
            return np.abs(X.mean(axis=1) - self.mean_)

    detector = Level().fit(clips)
    values, rest = detector.contributions(new_clips[0])
    assert not values.any()
    assert rest == detector.score(new_clips[:1])[0]
