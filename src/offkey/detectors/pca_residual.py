"""PCA residual: what of a clip the main ways in which normal clips vary cannot explain."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from offkey.components import Interval, Numbers
from offkey.detectors.base import STANDARDISED_MEAN, Contributions, Floats
from offkey.detectors.distances import divided
from offkey.detectors.from_moments import Ellipsoid, FromMoments

__all__ = ["PCAResidual"]


class PCAResidual(FromMoments):
    """Distance of a clip from the subspace of the training clips' first principal components.

    The Q statistic, or squared prediction error (here its root): J. E. Jackson & G. S. Mudholkar,
    "Control procedures for residuals associated with principal component analysis", Technometrics 21,
    1979. A linear autoencoder would give the same.

    Parameters
    ----------
    variance : float, default 0.99
        Share of the training clips' variance that the components must explain; the fewest that do are kept.
    """

    name = "pca_residual"
    assumes = "normal clips vary along few directions; a fault leaves them"
    cost = "fit: n d²; score: d a component"
    asks = STANDARDISED_MEAN
    learnt: ClassVar = {"mean_": Numbers("features"), "axes_": Numbers("axes features")}
    rules: ClassVar = {"variance": Interval(float, 0, 1, open_low=True, open_high=True)}

    def __init__(self, *, variance: float = 0.99) -> None:
        self.variance = variance

    def _learn(self, normal: Ellipsoid) -> None:
        self.mean_ = normal.mean
        held = np.cumsum(normal.spread**2)
        enough = int(np.searchsorted(held, self.variance * held[-1])) + 1
        self.axes_ = normal.axes[: min(enough, normal.count - 1, self.n_features_ - 1)]  # some direction must remain

    def _score(self, X: Floats) -> Floats:
        centred = X - self.mean_
        residual = centred - (centred @ self.axes_.T) @ self.axes_
        score: Floats = np.linalg.norm(residual, axis=1)
        return score

    def _contributions(self, x: Floats) -> Contributions:
        """Divide the length of the residual by what of each feature it is."""
        centred = x - self.mean_
        return Contributions(divided(centred - (self.axes_ @ centred) @ self.axes_))
