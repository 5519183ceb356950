from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture

from offkey.detectors import create


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
