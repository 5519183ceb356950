"""Detectors to which mean and covariance of the training clips say all, so that they can do without the clips."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.detectors.base import Beside, Detector, Floats
from offkey.detectors.domains import moved_together
from offkey.detectors.folds import fold_numbers
from offkey.detectors.moments import Moments
from offkey.detectors.views import covariance_axes, principal_axes
from offkey.errors import ParameterError
from offkey.work.library_threads import one_blas_thread

__all__ = ["Ellipsoid", "FromMoments"]


@dataclass(frozen=True)
class Ellipsoid:
    """The mean and the covariance of clips."""

    count: int
    mean: Floats  # shape (n_features,); their mean
    axes: Floats  # shape (n_axes, n_features); principal axes, most spread first
    spread: Floats  # shape (n_axes,); standard deviation along each axis; in other directions there is none
    fourth: float

    @classmethod
    def of(cls, X: Floats) -> Ellipsoid:
        """Return that of clips, shape (n_clips, n_features)."""
        mean = X.mean(axis=0)
        centred = X - mean
        axes, spread = principal_axes(centred)
        fourth = float(((centred**2).sum(axis=1) ** 2).sum() / len(X))
        return cls(len(X), mean, axes, spread, fourth)

    @classmethod
    def of_moments(cls, moments: Moments) -> Ellipsoid:
        """Return that of clips of which only the moments are known."""
        axes, spread = covariance_axes(moments.scatter / moments.count)
        fourth = max(float(moments.fourth.sum()) / moments.count, 0.0)
        return cls(moments.count, moments.mean, axes, spread, fourth)


class FromMoments(Detector, ABC):
    """Base of such detectors; a subclass writes `_learn` instead of `_fit`."""

    def fit_moments(self, moments: Moments | Mapping[str, Moments]) -> Self:
        """Learn from the moments of normal clips; the same as `fit` learns from the clips, but for rounding."""
        self.check_params()
        for learnt in ("moves_", "_kept"):
            vars(self).pop(learnt, None)
        if isinstance(moments, Mapping):
            self.moves_, moments = moved_together(moments)
        if moments.count < self.min_clips:
            raise ParameterError(
                f"'{self.name}' needs at least {self.min_clips} clips to fit. Got moments of {moments.count} instead."
            )
        self.n_features_ = len(moments.mean)
        self._learn(Ellipsoid.of_moments(moments))
        return self

    def fit_moments_scored(
        self,
        moments: Moments | Mapping[str, Moments],
        X: ArrayLike,
        *,
        domains: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        folds: int | None = None,
        seed: int = 0,
        beside: Beside | None = None,
    ) -> Floats:
        """Fit on moments, and score some of their clips by copies that did not see them.

        Each fold's clips are taken away from the moments, and scored by what is learnt from the rest.

        `moments`: as in `fit_moments`; by domain if and only if `domains` are given.
        `X`: shape (n_clips, n_features); some of the clips whose moments are given.
        Returns: shape (n_clips,); the scores, in the order of `X`, and behind them those of `beside`.
        """
        if isinstance(moments, Moments) != (domains is None):
            raise ParameterError(f"'{self.name}' needs 'domains' where its moments are by domain, and only there.")
        self.fit_moments(moments)
        array = self._checked(X)
        fold = fold_numbers(len(array), self._folds(len(array), folds), seed=seed, domains=domains, groups=groups)
        names = np.full(len(array), "") if domains is None else np.asarray(domains)
        others, of = self._beside(beside)
        scores, fold_beside = np.empty(len(array) + len(others)), fold[of]
        with one_blas_thread():
            for number in range(int(fold.max()) + 1):
                out = fold == number
                rest = _without(moments, array[out], names[out])
                copy, out_beside = type(self)(**self.params()).fit_moments(rest), fold_beside == number
                scores[np.concatenate([out, out_beside])] = copy.score(np.concatenate([array[out], others[out_beside]]))
        return scores

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        self._learn(Ellipsoid.of(X))

    @abstractmethod
    def _learn(self, normal: Ellipsoid) -> None:
        """Learn from where clips lie and how they scatter; set the attributes that end in ``_``."""


def _without(moments: Moments | Mapping[str, Moments], X: Floats, domains: NDArray[Any]) -> Any:
    """Return moments without those of some of their clips; a domain of which none are left is left out."""
    if isinstance(moments, Moments):
        return moments.minus(Moments.of(X))
    rest = dict(moments)
    for name in np.unique(domains):
        part, whole = X[domains == name], rest.pop(name)
        if len(part) < whole.count:
            rest[name] = whole.minus(Moments.of(part))
    return rest
