"""Band agreement: in how many bands, and ways of pooling them, a clip is unlike its nearest neighbours."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.components import Interval, Numbers
from offkey.detectors.base import Beside, Contributions, Detector, Floats
from offkey.detectors.density import floored
from offkey.detectors.distances import IN_CACHE, Cloud, Groups, Nearest, distances, divided, nearest_others
from offkey.detectors.memory import MEMORY, MEMORY_RULE, sampled

__all__ = ["BandAgreement"]


class BandAgreement(Detector):
    """Normalised distance to the nearest training clip in each small group of features, averaged over all groups.

    Matching by sub-bands with a uniform mean follows "BEAM", 2026, arXiv 2603.13749. The distance to a training clip is
    divided by the square root of that clip's mean distance to its own neighbours, half way between no normalisation and
    that of Wilkinghoff et al., 2025 (arXiv 2509.10951). It is then divided by the group's own leave-one-out scores.
    Noise in a few bands raises few groups; a fault of the machine raises many.

    Parameters
    ----------
    group : int, default 8
        Approximate number of adjacent features in a group; all groups have about the same size.
    n_neighbors : int, default 8
        Number of neighbours in the average of a training clip's density.
    memory : int, default 2048
        Largest number of training clips to keep; from more a sample is drawn (see `offkey.detectors.memory.sampled`).
    """

    name = "band_agreement"
    assumes = "the same in each small group of bands; a fault shows in many groups"
    cost = "fit: m² d (m clips remembered); score: m d"
    learnt: ClassVar = {
        "clips_": Numbers("clips features"),
        "roots_": Numbers("groups clips", positive=True),
        "centre_": Numbers("groups"),
        "spread_": Numbers("groups", positive=True),
    }
    rules: ClassVar = {"group": Interval(int, 1), "n_neighbors": Interval(int, 1), "memory": MEMORY_RULE}

    def __init__(self, *, group: int = 8, n_neighbors: int = 8, memory: int = MEMORY) -> None:
        self.group = group
        self.n_neighbors = n_neighbors
        self.memory = memory

    def fit_scored(
        self,
        X: ArrayLike,
        *,
        domains: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        folds: int | None = None,
        seed: int = 0,
        beside: Beside | None = None,
    ) -> Floats:
        """Fit, and return leave-one-group-out scores, which cost no second fit; see `Detector.fit_scored`."""
        array, _ = self._accept(X, domains)
        return self._learn(array, None if groups is None else np.asarray(groups), *self._beside(beside))

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        self._learn(X, None, *self._beside(None))

    def _learn(self, X: Floats, groups: NDArray[Any] | None, rows: Floats, of: NDArray[np.intp]) -> Floats:
        """Learn density and scale of each group; return the scores by others of clips, and behind them of `rows`."""
        own = np.arange(len(X)) if groups is None else groups
        kept, moves = sampled(X, self.memory), getattr(self, "moves_", np.zeros((1, X.shape[1])))
        if len(np.unique(own[kept])) == 1:  # one group alone would leave nobody to compare with
            own = np.arange(len(X))
        known = np.unique(own[kept])
        place = np.minimum(np.searchsorted(known, own), len(known) - 1)
        number = np.where(known[place] == own, place, len(known))  # of those without a clip that is remembered, one
        self.clips_ = X[kept]
        columns = Groups(_columns(X.shape[1], self.group))
        clips = columns(self.clips_)
        asked = columns(np.concatenate([self.clips_, *(rows - move for move in moves)]))
        density = self._learn_density(clips, number[kept])
        of_asked = np.concatenate([number[kept], *(number[of] for _ in moves)])
        left_out = _left_out(asked, of_asked, clips, number[kept], density)
        of_kept = left_out[: len(kept)]
        spread = of_kept.std(axis=0)
        self.centre_ = of_kept.mean(axis=0)
        self.spread_ = np.where(spread > 1e-9 * np.maximum(self.centre_, 1e-300), spread, 1.0)
        agreement, scores = self._agreement(left_out), np.empty(len(X))
        scores[kept] = agreement[: len(kept)]
        others = np.setdiff1d(np.arange(len(X)), kept)
        if len(others):
            scores[others] = self._in_blocks(X[others], self._score)
        in_domains = agreement[len(kept) :].reshape(len(moves), len(rows))
        return np.concatenate([scores, in_domains.min(axis=0)])

    def _learn_density(self, clips: Floats, own: NDArray[np.intp]) -> _Density:
        """Learn the root of the density about each clip, and return it with each of the groups near it left out."""
        together = min(int(np.bincount(own).max()), self.n_neighbors)
        nearest = nearest_others(clips, self.n_neighbors + together, own)
        away, group = np.moveaxis(nearest.distances, 2, 0), np.moveaxis(own[nearest.rows], 2, 0)
        known = np.isfinite(away)
        self.roots_ = np.sqrt(floored(_radius(away, known, self.n_neighbors)))
        without = [np.sqrt(_radius(away, known & (group != left_out), self.n_neighbors)) for left_out in group]
        return _Density(self.roots_, group, np.maximum(without, self.roots_))

    def _score(self, X: Floats) -> Floats:
        return self._agreement(self._nearest(X).distances[:, :, 0].T)

    def _contributions(self, x: Floats) -> Contributions:
        """Divide the distance of each group to the clip nearest in it."""
        values, columns = np.empty(len(x)), self.columns()
        for number, (part, row) in enumerate(zip(columns, self._nearest(x[None]).rows[:, 0, 0], strict=True)):
            unit = self.roots_[number, row] * self.spread_[number] * len(columns)
            values[part] = divided(self.clips_[row, part] - x[part]) / unit
        return Contributions(values, -float((self.centre_ / self.spread_).mean()))

    def _nearest(self, X: Floats) -> Nearest:
        """Return the clip nearest in each group."""
        columns = self._derived("columns", lambda: Groups(self.columns()))
        return self._derived("clips", lambda: Cloud(columns(self.clips_), self.roots_)).nearest(columns(X), 1)

    def columns(self) -> list[slice]:
        """Return the groups of adjacent features."""
        return _columns(self.n_features_, self.group)

    def _agreement(self, scores: Floats) -> Floats:
        agreement: Floats = ((scores - self.centre_) / self.spread_).mean(axis=1)
        return agreement


def _columns(n_features: int, group: int) -> list[slice]:
    edges = np.linspace(0, n_features, max(1, round(n_features / group)) + 1).round().astype(int)
    return [slice(int(low), int(high)) for low, high in pairwise(edges)]


class _Density(NamedTuple):
    """Roots of the density about each clip, as it is, and as it is without the groups that shape it."""

    roots: Floats  # shape (n_stacks, n_clips); with all clips
    groups: NDArray[np.intp]  # shape (n_nearest, n_stacks, n_clips); the group of each clip that is near
    without: Floats  # shape (n_nearest, n_stacks, n_clips); the root without that group


def _left_out(rows: Floats, of: NDArray[np.intp], clips: Floats, own: NDArray[np.intp], density: _Density) -> Floats:
    """Return the normalised distance of each row to the nearest clip of another group, shape (n_rows, n_stacks).

    A new clip adds to no density: the group of a row, `of`, counts neither as a neighbour nor in the density of others.
    """
    every, step = np.arange(clips.shape[1]), max(1, IN_CACHE // clips.shape[1])
    chunks = [slice(start, start + step) for start in range(0, len(of), step)]
    same = [np.nonzero(of[some, None] == own) for some in chunks]
    nearest = np.empty((rows.shape[1], len(clips)))
    for stack in range(len(clips)):
        roots = np.repeat(density.roots[stack][None], own.max() + 2, axis=0)  # the last for groups without a clip here
        for group, root in zip(density.groups[:, stack], density.without[:, stack], strict=True):
            roots[group, every] = root
        for some, together in zip(chunks, same, strict=True):
            relative = distances(rows[stack, some], clips[stack])
            relative /= roots[of[some]]
            relative[together] = np.inf
            nearest[some, stack] = relative.min(axis=1)
    return nearest


def _radius(away: Floats, counted: NDArray[np.bool_], k: int) -> Floats:
    """Return the mean of the first `k` distances that are counted, of arrays of shape (n_nearest, ...)."""
    total, number = np.zeros(away.shape[1:]), np.zeros(away.shape[1:], np.intp)
    for distance, counts in zip(away, counted, strict=True):
        taken = counts & (number < k)
        np.add(total, distance, out=total, where=taken)
        number += taken
    return total / np.maximum(number, 1)
