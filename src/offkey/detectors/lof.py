"""Local outlier factor: how much sparser it is around a clip than around its neighbours."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, Numbers
from offkey.detectors.base import STANDARDISED_MEAN, Contributions, Floats
from offkey.detectors.distances import Cloud, Nearest, divided, nearest_others
from offkey.detectors.memory import MEMORY, MEMORY_RULE, Remembering, remembered

__all__ = ["LEAST_REACH", "LOF"]

LEAST_REACH = 1e-10
"""Added to mean reachability distances, as scikit-learn does, so that copies of a clip have a finite density."""


class LOF(Remembering):
    """Local outlier factor of a clip among the training clips.

    M. Breunig, H.-P. Kriegel, R. Ng & J. Sander, "LOF: identifying density-based local outliers", SIGMOD
    2000. The score is that of scikit-learn's `LocalOutlierFactor` with ``novelty=True``, with the sign reversed.

    Parameters
    ----------
    n_neighbors : int, default 20
        Number of neighbours; all other training clips if there are fewer.
    memory : int, default 2048
        Largest number of training clips to keep; more are merged into groups (see `offkey.detectors.memory`).
    """

    name = "lof"
    assumes = "the density around a normal clip is that around its neighbours"
    cost = "fit: m² d (m clips remembered); score: m d"
    asks = STANDARDISED_MEAN
    learnt: ClassVar = {
        "clips_": Numbers("clips features"),
        "reach_": Numbers("clips"),
        "density_": Numbers("clips", positive=True),
    }
    rules: ClassVar = {"n_neighbors": Interval(int, 1), "memory": MEMORY_RULE}

    def __init__(self, *, n_neighbors: int = 20, memory: int = MEMORY) -> None:
        self.n_neighbors = n_neighbors
        self.memory = memory

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        self._remember(remembered(X, self.memory))

    def _remember(self, clips: Floats) -> None:
        self.clips_ = clips
        away, index = nearest_others(self.clips_, self.n_neighbors)
        self.reach_ = away[:, -1].copy()
        self.density_ = _density(away, self.reach_[index])

    def _score(self, X: Floats) -> Floats:
        away, index = self._nearest(X)
        score: Floats = (self.density_[index] / _density(away, self.reach_[index])[:, None]).mean(axis=1)
        return score

    def _contributions(self, x: Floats) -> Contributions:
        """Divide the distances; what a neighbour's own reach counts beyond its distance is no feature's."""
        away, rows = (found[0] for found in self._nearest(x[None]))
        beyond = away > self.reach_[rows]
        unit = float(self.density_[rows].mean()) / len(rows)
        values = unit * (divided(self.clips_[rows] - x) * beyond[:, None]).sum(axis=0)
        return Contributions(values, unit * float(self.reach_[rows[~beyond]].sum() + len(rows) * LEAST_REACH))

    def _nearest(self, X: Floats) -> Nearest:
        clips = self._derived("clips", lambda: Cloud(self.clips_))
        return clips.nearest(X, min(self.n_neighbors, len(self.clips_) - 1))


def _density(away: Floats, reach: Floats) -> Floats:
    """Return the local reachability density from distances to neighbours and those neighbours' reach."""
    density: Floats = 1 / (np.maximum(away, reach).mean(axis=1) + LEAST_REACH)
    return density
