"""One-class support vector machine: how far outside the region that holds the training clips."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, Number, Numbers
from offkey.detectors.base import STANDARDISED_MEAN, Contributions, Detector, Floats
from offkey.detectors.distances import distances

__all__ = ["OneClassSVM"]


class OneClassSVM(Detector):
    """Signed distance, in kernel space, outside the region that contains most training clips.

    B. Schölkopf, J. Platt, J. Shawe-Taylor, A. Smola & R. Williamson, "Estimating the support of a high-dimensional
    distribution", Neural Computation 13, 2001, with the Gaussian kernel. Learnt by scikit-learn (libsvm); the score is
    its `decision_function` with the sign reversed.

    Parameters
    ----------
    nu : float, default 0.1
        Upper limit of the share of training clips outside, and lower limit of the share of support vectors.
    gamma : float or None, default None
        Kernel width in ``exp(-gamma * distance ** 2)``; None for 1 / (number of features * variance of all of X).
    """

    name = "ocsvm"
    learns_with = ("sklearn", "sklearn")
    assumes = "normal clips lie in one region, of any shape"
    cost = "fit: n² d and more; score: n d (fitting needs the extra `sklearn`)"
    asks = STANDARDISED_MEAN
    learnt: ClassVar = {
        "width_": Number(positive=True),
        "vectors_": Numbers("vectors features"),
        "weights_": Numbers("vectors"),
        "intercept_": Number(),
    }
    rules: ClassVar = {
        "nu": Interval(float, 0, 1, open_low=True, open_high=True),
        "gamma": Interval(float, 0, open_low=True, or_none=True),
    }

    def __init__(self, *, nu: float = 0.1, gamma: float | None = None) -> None:
        self.nu = nu
        self.gamma = gamma

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        from sklearn.svm import OneClassSVM as Learner

        spread = float(X.var())
        scale = 1 / (X.shape[1] * spread) if spread > 0 else 1.0
        self.width_ = scale if self.gamma is None else float(self.gamma)
        learner = Learner(kernel="rbf", nu=self.nu, gamma=self.width_).fit(X)
        self.vectors_ = np.array(learner.support_vectors_)
        self.weights_ = np.array(learner.dual_coef_[0])
        self.intercept_ = float(learner.intercept_[0])

    def _score(self, X: Floats) -> Floats:
        kernel = np.exp(-self.width_ * distances(X, self.vectors_) ** 2)
        score: Floats = -(kernel @ self.weights_ + self.intercept_)
        return score

    def _contributions(self, x: Floats) -> Contributions:
        """Divide by how much each kernel lies below 1, in proportion to the squared differences that it falls with.

        What a clip would score where all support vectors lie is no feature's.
        """
        squares = (self.vectors_ - x) ** 2
        total = squares.sum(axis=1, keepdims=True)
        shares = np.divide(squares, total, out=np.zeros_like(squares), where=total > 0)
        values = (-self.weights_ * np.expm1(-self.width_ * total[:, 0])) @ shares
        return Contributions(values, float(-self.weights_.sum() - self.intercept_))
