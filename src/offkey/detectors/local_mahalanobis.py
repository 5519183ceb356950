"""Local Mahalanobis distance: how a clip departs from the way in which the clips most like it vary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, Number, Numbers
from offkey.detectors.base import Contributions, Floats
from offkey.detectors.density import floored
from offkey.detectors.distances import Cloud, Nearest, nearest_others
from offkey.detectors.memory import MEMORY, MEMORY_RULE, remembered
from offkey.detectors.views import Whitened, filled_up

__all__ = ["LocalMahalanobis"]

_ROWS = 256
"""Clips worked on at a time."""


class LocalMahalanobis(Whitened):
    """Mahalanobis distance to the nearest training clips, relative to the distances of those from their own neighbours.

    The `n_neighbors` training clips nearest to a clip give a mean and a covariance matrix, to which
    `shrinkage` times its mean variance is added in every direction: a flat piece of the surface near which normal
    clips lie (the local linearity of S. Roweis & L. Saul, "Nonlinear dimensionality reduction by locally
    linear embedding", Science 290, 2000). The distance is divided by the mean of the distances that those
    neighbours have from their own neighbours, as a local outlier factor is (M. Breunig et al., SIGMOD 2000).

    Parameters
    ----------
    n_neighbors : int, default 15
        Number of neighbours; all other training clips if there are fewer.
    shrinkage : float, default 1
        Constant added to the local covariance in every direction, in units of its mean variance.
    whitening : float, default 0.5
        Constant added to the standard deviation along each principal axis before dividing by it.
    memory : int, default 2048
        Largest number of training clips to keep; more are merged into groups (see `offkey.detectors.memory`).
    """

    name = "local_mahalanobis"
    assumes = "near a normal clip, normal clips fill a flat piece of few directions"
    cost = "fit: n d² + m² d (m clips remembered); score: m d"
    learnt: ClassVar = {
        "clips_": Numbers("clips features"),
        "usual_": Numbers("clips", positive=True),
        "least_variance_": Number(positive=True),
    }
    rules: ClassVar = {
        "n_neighbors": Interval(int, 1),
        "shrinkage": Interval(float, 0, open_low=True),
        "whitening": Interval(float, 0, open_low=True),
        "memory": MEMORY_RULE,
    }
    min_clips = 3

    def __init__(
        self, *, n_neighbors: int = 15, shrinkage: float = 1.0, whitening: float = 0.5, memory: int = MEMORY
    ) -> None:
        self.n_neighbors = n_neighbors
        self.shrinkage = shrinkage
        self.whitening = whitening
        self.memory = memory

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        self._remember(remembered(self._learn_view(X), self.memory))

    def _remember(self, clips: Floats) -> None:
        self.clips_ = clips
        variance = self.clips_.var(axis=0).mean()
        self.least_variance_ = 1e-6 * float(variance if variance > 0 else 1.0)  # where neighbours are all alike
        away, nearest = nearest_others(self.clips_, self.n_neighbors)
        flatness = _Flatness(self.shrinkage, self.n_features_, self.least_variance_)
        if len(self.clips_) < nearest.shape[1] ** 2:  # fewer products of all clips than of the neighbours of each
            every = _among(self.clips_[None])[0]
            usual = [_distances(away**2, every[nearest[:, :, None], nearest[:, None]], flatness)]
        else:
            chunks = [slice(start, start + _ROWS) for start in range(0, len(nearest), _ROWS)]
            usual = [_distances(away[some] ** 2, _among(self.clips_[nearest[some]]), flatness) for some in chunks]
        self.usual_ = floored(np.concatenate(usual))

    @classmethod
    def _together_seen(cls, detectors: Sequence[Self]) -> Neighbourhoods:
        return Neighbourhoods(detectors)

    def _contributions(self, x: Floats) -> Contributions:
        """Divide d as x' S^-1 x / d about the neighbours' mean, whitened features counting each as its own band.

        See `SubBandDensity._contributions` for why they may.
        """
        seen = self._view(x[None])
        _, rows = self._derived("score", lambda: Neighbourhoods([self])).nearest(seen[None])
        neighbours = self.clips_[rows[0, 0]]
        centred, away = neighbours - neighbours.mean(axis=0), seen[0] - neighbours.mean(axis=0)
        k = len(neighbours)
        ridge = max(self.shrinkage * float((centred**2).sum()) / (k * len(x)), self.least_variance_)
        along = np.linalg.solve(centred @ centred.T + k * ridge * np.eye(k), centred @ away)
        products = away * (away - along @ centred) / ridge
        usual = float(self.usual_[rows[0, 0]].mean())
        return Contributions(products / ((np.sqrt(max(products.sum(), 0.0)) or 1.0) * usual))


class Neighbourhoods:
    """The training clips of several detectors, near which others are scored in one go."""

    def __init__(self, detectors: Sequence[LocalMahalanobis]) -> None:
        self._clips = filled_up([detector.clips_ for detector in detectors])
        self._usual = np.stack([detector.usual_ for detector in detectors])
        self.clouds = Cloud(self._clips)
        self.k = min(detectors[0].n_neighbors, self._clips.shape[1] - 1)
        self._flatness = _Flatness(
            detectors[0].shrinkage,
            np.array([detector.n_features_ for detector in detectors]),
            np.array([detector.least_variance_ for detector in detectors]),
        )

    def __call__(self, seen: Floats) -> Floats:
        """Return the scores of clips in the views of the detectors; see `offkey.detectors.views.ScoreSeen`."""
        step = max(1, _ROWS // len(seen))
        chunks = [seen[:, start : start + step] for start in range(0, seen.shape[1], step)]
        return np.concatenate([self.scores(chunk, self.nearest(chunk)) for chunk in chunks], axis=1)

    def nearest(self, seen: Floats) -> Nearest:
        """Return the training clips nearest in the view of each detector."""
        return self.clouds.nearest(seen, self.k)

    def scores(self, seen: Floats, nearest_clips: Nearest) -> Floats:
        """Return the scores of clips, shape (n_detectors, n_clips), by the training clips nearest to them."""
        (away, nearest), which = nearest_clips, np.arange(len(seen))[:, None, None]
        neighbours = self._clips[which, nearest].reshape(-1, *nearest.shape[2:], seen.shape[2])
        flatness = self._flatness.repeated(seen.shape[1])
        scores = _distances(away.reshape(-1, away.shape[2]) ** 2, _among(neighbours), flatness).reshape(seen.shape[:2])
        scores /= self._usual[which, nearest].mean(axis=2)
        return scores


class _Flatness(NamedTuple):
    """Terms added to local covariances, see `LocalMahalanobis`; numbers, or one for each row."""

    shrinkage: float
    n_features: int | NDArray[np.intp]
    least_variance: float | Floats

    def repeated(self, n: int) -> _Flatness:
        """Return that of `n` rows for each row."""
        return self._replace(n_features=np.repeat(self.n_features, n), least_variance=np.repeat(self.least_variance, n))


def _distances(to_nearest: Floats, among: Floats, flatness: _Flatness) -> Floats:
    """Return the Mahalanobis distance of clips to their neighbours, from squared distances alone.

    Inner products about the neighbours' mean follow from squared distances by double centring (W. Torgerson,
    Psychometrika 17, 1952), and the covariance ``C'C / k + r I`` is inverted by Woodbury's identity, in k dimensions.

    `to_nearest`: shape (n, k); squared distance of each clip to each of its neighbours.
    `among`: shape (n, k, k); squared distances of its neighbours to each other.
    Returns: shape (n,).
    """
    k = to_nearest.shape[1]
    rows, to_mean = among.sum(axis=2) / k, to_nearest.sum(axis=1) / k
    whole = rows.sum(axis=1) / k
    along = (rows - to_nearest + (to_mean - whole)[:, None]) / 2
    inside = (rows[:, :, None] + (rows - whole[:, None])[:, None, :] - among) / 2
    diagonal = np.einsum("nkk->nk", inside)
    ridge = flatness.shrinkage * diagonal.sum(axis=1) / (k * flatness.n_features)
    ridge = np.maximum(ridge, flatness.least_variance)
    diagonal += (k * ridge)[:, None]
    explained = (along * np.linalg.solve(inside, along[:, :, None])[:, :, 0]).sum(axis=1)
    distance: Floats = np.sqrt(np.maximum(to_mean - whole / 2 - explained, 0) / ridge)
    return distance


def _among(neighbours: Floats) -> Floats:
    """Return the squared distances of neighbours, shape (n, k, d), to each other, shape (n, k, k)."""
    centred = neighbours - neighbours[:, :1]
    among: Floats = -2 * (centred @ centred.transpose(0, 2, 1))
    norms = np.einsum("nkk->nk", among) / -2
    among += norms[:, :, None]
    among += norms[:, None, :]
    return among
