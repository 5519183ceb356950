from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA

from offkey.detectors import create


def test_equals_the_reconstruction_error_of_pca(clips, new_clips) -> None:
    pca = PCA(n_components=0.9, svd_solver="full").fit(clips)
    expected = np.linalg.norm(new_clips - pca.inverse_transform(pca.transform(new_clips)), axis=1)
    detector = create("pca_residual", variance=0.9).fit(clips)
    assert len(detector.axes_) == pca.n_components_
    assert np.allclose(detector.score(new_clips), expected, rtol=1e-9)


def test_what_the_components_explain_does_not_count() -> None:
    rng = np.random.default_rng(0)
    line = rng.normal(size=(100, 1)) * np.array([[3.0, 4.0]]) + 0.01 * rng.normal(size=(100, 2))
    detector = create("pca_residual", variance=0.9).fit(line)
    along, beside = detector.score(detector.mean_ + np.array([[30.0, 40.0], [-4.0, 3.0]]))
    assert along < 1
    assert np.isclose(beside, 5, rtol=0.01)
