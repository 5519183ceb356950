from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from offkey.learned.autoencoder.residuals import divided_mahalanobis, domain_whiteners, selective_mahalanobis


def _residuals(scale: float, seed: int, n: int = 300) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    return (scale * rng.normal(size=(n, 3)) @ [[1, 0.5, 0], [0, 1, 0.3], [0, 0, 0.2]]).astype(np.float32)


def test_it_is_the_least_mean_mahalanobis_distance_over_domains() -> None:
    parts = [_residuals(1, 0), _residuals(1, 1), _residuals(4, 2)]
    whiteners = domain_whiteners(parts, np.array(["source", "source", "target"]))
    rows = _residuals(2, 3, 40)
    covariances = [np.cov(np.vstack(parts[:2]).T, bias=True), np.cov(parts[2].T, bias=True)]
    regular = [c + 1e-3 * np.trace(c) / 3 * np.eye(3) for c in covariances]
    squared = [np.einsum("ni,ij,nj->n", rows, np.linalg.inv(c), rows) / 3 for c in regular]
    inputs = [one.reshape(20, 2).mean(axis=1) for one in squared]  # of 2 frames each
    expected = np.min(inputs, axis=0).mean()
    assert selective_mahalanobis(rows.reshape(20, 2, 3), whiteners) == pytest.approx(expected, rel=1e-4)
    assert divided_mahalanobis(rows.reshape(20, 2, 3), whiteners).sum() == pytest.approx(expected, rel=1e-4)


def test_a_domain_of_few_frames_counts_to_that_with_most() -> None:
    parts = [_residuals(1, 0), _residuals(4, 1, 5)]
    together = domain_whiteners(parts, np.array(["source", "target"]))
    np.testing.assert_allclose(together, domain_whiteners([np.vstack(parts)], np.zeros(1)), rtol=1e-4)
    assert len(together) == 1


def test_residuals_that_are_all_zero_leave_a_finite_distance() -> None:
    whiteners = domain_whiteners([np.zeros((9, 3), np.float32)], np.zeros(1))
    assert selective_mahalanobis(np.ones((4, 1, 3), np.float32), whiteners) == pytest.approx(1.0)
