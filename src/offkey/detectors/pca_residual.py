"""PCA residual: what of a clip the main ways in which normal clips vary cannot explain."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval
from offkey.detectors.base import Detector, Floats
from offkey.detectors.views import principal_axes

__all__ = ["PCAResidual"]


class PCAResidual(Detector):
    """Distance of a clip from the subspace of the training clips' first principal components.

    The Q statistic, or squared prediction error (here its root): J. E. Jackson & G. S. Mudholkar,
    "Control procedures for residuals associated with principal component analysis", Technometrics 21,
    1979. A linear autoencoder would give the same.

    Parameters
    ----------
    variance : float, default 0.99
        Share of the training clips' variance that the components must hold; the fewest that do are kept.
    """

    name = "pca_residual"
    assumes = "normal clips vary along few directions; a fault leaves them"
    cost = "fit: n d²; score: d a component"
    rules: ClassVar = {"variance": Interval(float, 0, 1, open_low=True, open_high=True)}

    def __init__(self, *, variance: float = 0.99) -> None:
        self.variance = variance

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        self.mean_ = X.mean(axis=0)
        axes, spread = principal_axes(X - self.mean_)
        held = np.cumsum(spread**2)
        enough = int(np.searchsorted(held, self.variance * held[-1])) + 1
        self.axes_ = axes[: min(enough, *(size - 1 for size in X.shape))]  # some direction must remain

    def _score(self, X: Floats) -> Floats:
        centred = X - self.mean_
        residual = centred - (centred @ self.axes_.T) @ self.axes_
        score: Floats = np.linalg.norm(residual, axis=1)
        return score
