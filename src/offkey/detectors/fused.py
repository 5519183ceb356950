"""Several detectors joined into one: the default."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.components import Interval
from offkey.detectors.base import Detector, Floats
from offkey.detectors.local_density import LocalDensity
from offkey.detectors.mahalanobis import Mahalanobis
from offkey.detectors.pca_residual import PCAResidual

__all__ = ["Fused"]


class Fused(Detector):
    """Mean of several detectors' scores, each in units of its own cross-validated scores of normal clips.

    Parameters
    ----------
    bands : int or None, default None
        Number of columns of one block, where a row is several blocks of adjacent bands; None for one block.
    folds : int, default 10
        Number of folds that the members' scores are cross-validated in.
    seed : int, default 0
        Seed of the assignment to folds.
    """

    name = "fused"
    rules: ClassVar = {
        "bands": Interval(int, 1, or_none=True),
        "folds": Interval(int, 2),
        "seed": Interval(int, 0),
    }
    min_clips = 5

    def __init__(self, *, bands: int | None = None, folds: int = 10, seed: int = 0) -> None:
        self.bands = bands
        self.folds = folds
        self.seed = seed

    def fit_scored(
        self,
        X: ArrayLike,
        *,
        domains: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        folds: int = 10,
        seed: int = 0,
    ) -> Floats:
        """Fit, and join the members' cross-validated scores, without another round of cross-validation.

        Parameters and result are those of `Detector.fit_scored`; the members are standardised by these
        very scores, so that `fit` with the same folds and seed, and no groups, learns the same.
        """
        array, names = self._accept(X, domains)
        return self._join(self._learn(array, names, groups, folds, seed))

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        self._learn(X, domains, None, self.folds, self.seed)

    def _learn(
        self, X: Floats, domains: NDArray[Any] | None, groups: ArrayLike | None, folds: int, seed: int
    ) -> Floats:
        """Fit the members and their scale; return their cross-validated scores, a column each."""
        self.members_ = [PCAResidual(), LocalDensity(), Mahalanobis()]
        scores = np.stack(
            [m.fit_scored(X, domains=domains, groups=groups, folds=folds, seed=seed) for m in self.members_], axis=1
        )
        self.centre_ = scores.mean(axis=0)
        spread = scores.std(axis=0)
        self.spread_ = np.where(spread > 0, spread, 1.0)
        return scores

    def _score(self, X: Floats) -> Floats:
        return self._join(np.stack([member.score(X) for member in self.members_], axis=1))

    def _join(self, scores: Floats) -> Floats:
        joined: Floats = ((scores - self.centre_) / self.spread_).mean(axis=1)
        return joined
