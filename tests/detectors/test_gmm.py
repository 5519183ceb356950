from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture

from offkey.detectors import create, restore
from offkey.errors import ParameterError


@pytest.mark.parametrize("covariance_type", ["full", "diag"])
def test_equals_scikit_learn(clips, new_clips, covariance_type: str) -> None:
    detector = create("gmm", n_components=3, covariance_type=covariance_type, reg=0.01, seed=2).fit(clips)
    scale = np.sqrt(clips.var(axis=0).mean())
    scaled = (clips - clips.mean(axis=0)) / scale
    reference = GaussianMixture(3, covariance_type=covariance_type, reg_covar=0.01, random_state=2).fit(scaled)
    scaled_new = (new_clips - clips.mean(axis=0)) / scale
    expected = -reference.score_samples(scaled_new) + clips.shape[1] * np.log(scale)
    assert np.allclose(detector.score(new_clips), expected, rtol=1e-9)


def test_the_best_component_counts_alone(clips, new_clips) -> None:
    detector = create("gmm", n_components=2, joined="component").fit(clips)
    roots = [np.linalg.inv(white).T for white in detector.whiteners_]
    scaled = (new_clips - detector.centre_) / detector.scale_
    densities = [
        multivariate_normal(mean, root @ root.T).logpdf(scaled) - clips.shape[1] * np.log(detector.scale_)
        for mean, root in zip(detector.means_, roots, strict=True)
    ]
    assert np.allclose(detector.score(new_clips), -np.max(densities, axis=0), rtol=1e-6)


def test_never_more_components_than_distinct_clips() -> None:
    X = np.repeat(np.arange(3.0)[:, None], 5, axis=0)
    detector = create("gmm", n_components=8).fit(X)
    assert len(detector.means_) == 3


@pytest.fixture
def few() -> np.ndarray:
    """Return 12 clips of 30 features, of scales far apart."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(12, 30)) * np.geomspace(0.01, 10, 30) + 100


@pytest.mark.parametrize("joined", ["log_likelihood", "component"])
def test_of_few_clips_the_mixture_in_their_directions_is_that_in_all(few, joined: str) -> None:
    detector = create("gmm", n_components=3, seed=2, joined=joined).fit(few)
    assert detector.whiteners_.shape == (3, 12, 12)
    scale = np.sqrt(few.var(axis=0).mean())
    new = few[:8] + np.random.default_rng(1).normal(size=(8, 30)) * np.geomspace(10, 0.01, 30)
    reference = GaussianMixture(3, reg_covar=0.001, random_state=2).fit((few - few.mean(axis=0)) / scale)
    scaled = (new - few.mean(axis=0)) / scale
    densities = np.stack(
        [
            multivariate_normal(mean, covariance).logpdf(scaled)
            for mean, covariance in zip(reference.means_, reference.covariances_, strict=True)
        ]
    )
    expected = -reference.score_samples(scaled) if joined == "log_likelihood" else -densities.max(axis=0)
    assert np.allclose(detector.score(new), expected + 30 * np.log(scale), rtol=1e-9)


def test_a_second_fit_on_more_clips_forgets_the_directions_of_few(few, clips, new_clips) -> None:
    again = create("gmm").fit(few).fit(clips)
    assert np.array_equal(again.score(new_clips), create("gmm").fit(clips).score(new_clips))


def test_a_mixture_in_all_directions_keeps_its_scores_as_earlier_models_hold_it(few) -> None:
    state = create("gmm").fit(few).state()
    learnt = dict(state["learnt"])
    axes, means, roots = learnt.pop("axes_"), learnt["means_"], learnt["whiteners_"]
    beside = np.eye(30) - axes.T @ axes
    precisions = [axes.T @ root @ root.T @ axes + beside / 0.001 for root in roots]
    learnt["means_"] = means @ axes
    learnt["whiteners_"] = np.array([np.linalg.inv(np.linalg.cholesky(np.linalg.inv(p))).T for p in precisions])
    earlier = restore({**state, "learnt": learnt})
    assert np.allclose(earlier.score(few + 1), create("gmm").fit(few).score(few + 1), rtol=1e-6)


@pytest.mark.parametrize("cut", ["axes_", "means_", "whiteners_"])
def test_components_on_other_axes_than_clips_are_refused(few, cut: str) -> None:
    state = create("gmm").fit(few).state()
    learnt = dict(state["learnt"])
    if cut == "axes_":
        del learnt["axes_"]
    else:
        learnt[cut] = learnt[cut][..., :-1]
    with pytest.raises(ParameterError, match="is damaged"):
        restore({**state, "learnt": learnt})
