"""Gaussian mixture: how unlikely a clip is under a mixture of normal distributions."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, Number, Numbers, OneOf
from offkey.detectors.base import Detector, Floats

__all__ = ["GMM"]


class GMM(Detector):
    """Negative log-likelihood under a Gaussian mixture, learnt by scikit-learn's EM.

    With ``joined="component"`` the most likely component alone counts, whatever its weight, as in J. Guan et
    al., "Time-weighted frequency domain audio representation with GMM estimator for anomalous sound
    detection", ICASSP 2023.

    Parameters
    ----------
    n_components : int, default 2
        Number of components; never more than distinct training clips.
    covariance_type : {"full", "diag"}, default "full"
        Whether a component's covariance matrix is full or diagonal.
    reg : float, default 0.001
        Added to every variance, in units of the features' mean variance.
    joined : {"log_likelihood", "component"}, default "log_likelihood"
        Whether the score is of the whole mixture or of the most likely component.
    seed : int, default 0
        Seed of the start by k-means.
    """

    name = "gmm"
    assumes = "normal clips scatter about a few means, each in an ellipsoid"
    cost = "fit: n d² a round; score: d² a component"
    learnt: ClassVar = {
        "centre_": Numbers("features"),
        "scale_": Number(positive=True),
        "means_": Numbers("components features"),
        "log_weights_": Numbers("components"),
        "whiteners_": Numbers("components features ..."),
    }
    rules: ClassVar = {
        "n_components": Interval(int, 1),
        "covariance_type": OneOf(("full", "diag")),
        "reg": Interval(float, 0, open_low=True),
        "joined": OneOf(("log_likelihood", "component")),
        "seed": Interval(int, 0, 2**32 - 1),
    }

    def __init__(
        self,
        *,
        n_components: int = 2,
        covariance_type: str = "full",
        reg: float = 0.001,
        joined: str = "log_likelihood",
        seed: int = 0,
    ) -> None:
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.reg = reg
        self.joined = joined
        self.seed = seed

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.mixture import GaussianMixture

        self.centre_ = X.mean(axis=0)
        self.scale_ = float(np.sqrt(X.var(axis=0).mean())) or 1.0
        scaled = (X - self.centre_) / self.scale_
        mixture = GaussianMixture(
            n_components=min(self.n_components, len(np.unique(X, axis=0))),
            covariance_type=self.covariance_type,
            reg_covar=self.reg,
            random_state=self.seed,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopping after 100 rounds does no harm
            mixture.fit(scaled)
        self.means_, self.log_weights_ = mixture.means_, np.log(mixture.weights_)
        self.whiteners_ = mixture.precisions_cholesky_  # (k, d, d), or (k, d) where the covariance is diagonal

    def _score(self, X: Floats) -> Floats:
        scaled = (X - self.centre_) / self.scale_
        likelihood = np.stack(
            [self._log_density(scaled, mean, root) for mean, root in zip(self.means_, self.whiteners_, strict=True)],
            axis=1,
        )
        if self.joined == "component":
            best: Floats = -likelihood.max(axis=1)
            return best
        likelihood += self.log_weights_
        highest = likelihood.max(axis=1)
        mixed: Floats = -highest - np.log(np.exp(likelihood - highest[:, None]).sum(axis=1))
        return mixed

    def _log_density(self, scaled: Floats, mean: Floats, root: Floats) -> Floats:
        """Return the log-density of each clip under one component, in the features' own units."""
        diagonal = root if self.covariance_type == "diag" else np.diag(root)
        white = (scaled - mean) * root if self.covariance_type == "diag" else (scaled - mean) @ root
        constant = np.log(diagonal).sum() - len(mean) * (0.5 * np.log(2 * np.pi) + np.log(self.scale_))
        density: Floats = constant - 0.5 * (white**2).sum(axis=1)
        return density
