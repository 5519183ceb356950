"""Nearest neighbours: how far a clip is from the training clips most like it."""

from __future__ import annotations

from typing import Any, ClassVar

from numpy.typing import NDArray

from offkey.components import Interval, Numbers
from offkey.detectors.base import STANDARDISED_MEAN, Contributions, Floats
from offkey.detectors.distances import Cloud, Nearest, divided
from offkey.detectors.memory import MEMORY, MEMORY_RULE, Remembering, remembered

__all__ = ["KNN"]


class KNN(Remembering):
    """Mean Euclidean distance to the `n_neighbors` nearest training clips.

    Ramaswamy, Rastogi & Shim, "Efficient algorithms for mining outliers from large data sets",
    SIGMOD 2000 (distance to the k-th); Angiulli & Pizzuti, PKDD 2002 (sum over the k nearest).

    Parameters
    ----------
    n_neighbors : int, default 1
        Number of neighbours; all training clips if there are fewer.
    memory : int, default 2048
        Largest number of training clips to keep; more are merged into groups (see `offkey.detectors.memory`).
    """

    name = "knn"
    assumes = "a normal clip is near one of those learnt; every region is as dense as the others"
    cost = "fit: none; score: m d (m clips remembered)"
    asks = STANDARDISED_MEAN
    learnt: ClassVar = {"clips_": Numbers("clips features")}
    rules: ClassVar = {"n_neighbors": Interval(int, 1), "memory": MEMORY_RULE}

    def __init__(self, *, n_neighbors: int = 1, memory: int = MEMORY) -> None:
        self.n_neighbors = n_neighbors
        self.memory = memory

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        self._remember(remembered(X, self.memory))

    def _remember(self, clips: Floats) -> None:
        self.clips_ = clips

    def _score(self, X: Floats) -> Floats:
        score: Floats = self._nearest(X).distances.mean(axis=1)
        return score

    def _contributions(self, x: Floats) -> Contributions:
        """Divide the distance to each neighbour."""
        rows = self._nearest(x[None]).rows[0]
        return Contributions(divided(self.clips_[rows] - x).mean(axis=0))

    def _nearest(self, X: Floats) -> Nearest:
        return self._derived("clips", lambda: Cloud(self.clips_)).nearest(X, self.n_neighbors)
