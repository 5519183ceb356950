"""Gaussian mixture: how unlikely a clip is under a mixture of normal distributions."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, Number, Numbers, OneOf
from offkey.detectors.base import STANDARDISED_MEAN, Contributions, Detector, Floats
from offkey.errors import ParameterError

__all__ = ["GMM"]


class GMM(Detector):
    """Negative log-likelihood under a Gaussian mixture, fitted by scikit-learn's EM.

    With ``joined="component"``, only the most likely component counts, regardless of its weight, as in J. Guan et al.,
    "Time-weighted frequency domain audio representation with GMM estimator for anomalous sound detection", ICASSP 2023.

    If there are fewer clips than features, full covariances are fitted in the directions in which the clips vary; in
    all others each component has the variance `reg`. The mixture is the same, in a tenth of the time for 100 clips of
    1,000 features.

    Parameters
    ----------
    n_components : int, default 2
        Number of components; at most the number of distinct training clips.
    covariance_type : {"full", "diag"}, default "full"
        Whether a component's covariance matrix is full or diagonal.
    reg : float, default 0.001
        Added to every variance, in units of the features' mean variance.
    joined : {"log_likelihood", "component"}, default "log_likelihood"
        Whether to score by the whole mixture or by the most likely component.
    seed : int, default 0
        Seed of the k-means initialisation.
    """

    name = "gmm"
    learns_with = ("sklearn", "sklearn")
    assumes = "normal clips scatter about a few means, each in an ellipsoid"
    cost = "fit: n m² a round (m = min(n, d)); score: d m + m² a component (fitting needs the extra `sklearn`)"
    asks = STANDARDISED_MEAN
    learnt: ClassVar = {
        "centre_": Numbers("features"),
        "scale_": Number(positive=True),
        "axes_": Numbers("axes features", optional=True),
        "means_": Numbers("components axes"),
        "log_weights_": Numbers("components"),
        "whiteners_": Numbers("components axes ..."),
    }
    rules: ClassVar = {
        "n_components": Interval(int, 1),
        "covariance_type": OneOf(("full", "diag")),
        "reg": Interval(float, 0, open_low=True),
        "joined": OneOf(("log_likelihood", "component")),
        "seed": Interval(int, 0, 2**32 - 1),
    }

    axes_: Floats | None = None
    """Directions in which the training clips vary, shape (n_axes, n_features); None where the features are the axes."""

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

    def check_learnt(self) -> None:
        """Check that the axes of the components are those of the clips as well; see `Component.check_learnt`."""
        super().check_learnt()
        k, m = self.means_.shape
        if (self.axes_ is None and m != self.n_features_) or self.whiteners_.shape not in ((k, m), (k, m, m)):
            raise ParameterError(f"What '{self.name}' has learnt is damaged: its components have other axes.")

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.mixture import GaussianMixture

        vars(self).pop("axes_", None)
        self.centre_ = X.mean(axis=0)
        self.scale_ = float(np.sqrt(X.var(axis=0).mean())) or 1.0
        seen = (X - self.centre_) / self.scale_
        if self.covariance_type == "full" and len(X) < X.shape[1]:
            axes, coordinates = np.linalg.qr(seen.T)
            self.axes_, seen = np.ascontiguousarray(axes.T), coordinates.T
        mixture = GaussianMixture(
            n_components=min(self.n_components, len(np.unique(X, axis=0))),
            covariance_type=self.covariance_type,
            reg_covar=self.reg,
            random_state=self.seed,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopping after 100 rounds does no harm
            mixture.fit(seen)
        self.means_, self.log_weights_ = mixture.means_, np.log(mixture.weights_)
        self.whiteners_ = mixture.precisions_cholesky_  # (k, m, m), or (k, m) where the covariance is diagonal

    def _score(self, X: Floats) -> Floats:
        likelihood = self._log_densities(X)
        if self.joined == "component":
            best: Floats = -likelihood.max(axis=1)
            return best
        likelihood += self.log_weights_
        highest = likelihood.max(axis=1)
        mixed: Floats = -highest - np.log(np.exp(likelihood - highest[:, None]).sum(axis=1))
        return mixed

    def _log_densities(self, X: Floats) -> Floats:
        """Return the log-density of each clip under each component, shape (n, k), in the features' own units."""
        along, beside = self._seen(X)
        constant = -self.n_features_ * (0.5 * np.log(2 * np.pi) + np.log(self.scale_))
        if beside is not None:
            constant -= 0.5 * (self.n_features_ - along.shape[1]) * np.log(self.reg)
        square = 0.0 if beside is None else (beside**2).sum(axis=1) / self.reg
        densities = []
        for mean, root in zip(self.means_, self.whiteners_, strict=True):
            diagonal = root if root.ndim == 1 else np.diag(root)
            white = (along - mean) * root if root.ndim == 1 else (along - mean) @ root
            densities.append(constant + np.log(diagonal).sum() - 0.5 * ((white**2).sum(axis=1) + square))
        return np.stack(densities, axis=1)

    def _seen(self, X: Floats) -> tuple[Floats, Floats | None]:
        """Return clips along the axes, and what of them lies beside the axes, None where nothing can."""
        scaled = (X - self.centre_) / self.scale_
        if self.axes_ is None:
            return scaled, None
        along = scaled @ self.axes_.T
        return along, scaled - along @ self.axes_

    def _contributions(self, x: Floats) -> Contributions:
        """Divide half the squared distance to each component, weighed by how likely the clip is of it.

        With r the responsibilities (C. Bishop, "Pattern Recognition and Machine Learning", 2006, eq. 9.16), the
        negative log-likelihood is the mean by r of those half squares plus what does not depend on single features.
        """
        likelihood = self._log_densities(x[None])[0] + (0.0 if self.joined == "component" else self.log_weights_)
        likely = likelihood - likelihood.max()
        responsible = likely == 0.0 if self.joined == "component" else np.exp(likely)
        parts = [self._half_squares(x, number) for number in range(len(self.means_))]
        values: Floats = (responsible / responsible.sum()) @ np.array(parts)
        return Contributions(values, float(self._score(x[None])[0] - values.sum()))

    def _half_squares(self, x: Floats, component: int) -> Floats:
        """Return what each feature of a clip adds to half its squared distance to a component."""
        (along,), beside = self._seen(x[None])
        root, away = self.whiteners_[component], along - self.means_[component]
        inverse = away * root**2 if root.ndim == 1 else root @ (root.T @ away)
        if self.axes_ is not None and beside is not None:
            away, inverse = away @ self.axes_ + beside[0], inverse @ self.axes_ + beside[0] / self.reg
        half: Floats = away * inverse / 2
        return half
