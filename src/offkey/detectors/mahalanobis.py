"""Mahalanobis distance: how far a clip is from the mean of the training clips, in units of their spread."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from offkey.components import Number, Numbers
from offkey.detectors.base import STANDARDISED_MEAN, Contributions, Floats
from offkey.detectors.from_moments import Ellipsoid, FromMoments

__all__ = ["Mahalanobis"]


class Mahalanobis(FromMoments):
    """Mahalanobis distance to the training clips, with the covariance shrunk after Ledoit and Wolf.

    The covariance is pulled towards a multiple of the identity, by the share that minimises the expected squared error,
    so that it can be inverted with fewer clips than features (O. Ledoit & M. Wolf, "A well-conditioned estimator for
    large-dimensional covariance matrices", J. Multivariate Anal. 88, 2004). It is stored as principal axes with their
    spread, and one spread for all other directions.
    """

    name = "mahalanobis"
    assumes = "normal clips scatter about one mean, in one ellipsoid"
    cost = "fit: n d²; score: d²"
    asks = STANDARDISED_MEAN
    learnt: ClassVar = {
        "mean_": Numbers("features"),
        "axes_": Numbers("axes features"),
        "spread_": Numbers("axes", positive=True),
        "spread_beside_": Number(positive=True),
    }
    rules: ClassVar = {}

    def _learn(self, normal: Ellipsoid) -> None:
        self.mean_ = normal.mean
        variance = normal.spread**2
        mean_variance = variance.sum() / self.n_features_
        share = _shrinkage(normal)
        spread = np.sqrt((1 - share) * variance + share * mean_variance)
        least = 1e-6 * (np.sqrt(mean_variance) or max(float(np.abs(self.mean_).max()), 1.0))
        self.axes_ = normal.axes
        self.spread_ = np.maximum(spread, least)
        self.spread_beside_ = max(float(np.sqrt(share * mean_variance)), float(least))

    def _score(self, X: Floats) -> Floats:
        centred = X - self.mean_
        along = centred @ self.axes_.T
        beside = centred - along @ self.axes_
        square = ((along / self.spread_) ** 2).sum(axis=1) + ((beside / self.spread_beside_) ** 2).sum(axis=1)
        score: Floats = np.sqrt(square)
        return score

    def _contributions(self, x: Floats) -> Contributions:
        """Divide d as x' S^-1 x / d, feature by feature, about the mean."""
        centred = x - self.mean_
        along = self.axes_ @ centred
        beside = centred - along @ self.axes_
        products = centred * ((along / self.spread_**2) @ self.axes_ + beside / self.spread_beside_**2)
        return Contributions(products / (np.sqrt(products.sum()) or 1.0))


def _shrinkage(normal: Ellipsoid) -> float:
    """Return the Ledoit-Wolf shrinkage of the covariance matrix, from 0 to 1."""
    variance, d = normal.spread**2, len(normal.mean)
    squares = float((variance**2).sum())  # squared Frobenius norm of the covariance
    away = squares - variance.sum() ** 2 / d  # the same, of its difference to a multiple of the identity
    noise = (normal.fourth - squares) / normal.count
    return float(np.clip(noise / away, 0, 1)) if away > 0 else 1.0
