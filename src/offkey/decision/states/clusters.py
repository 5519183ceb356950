"""Groups of windows that sound alike, as many as stand clearly apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.decision.states.valley import SEPARATE, valley

__all__ = ["Clusters"]

_CELLS = 12  # more than there are states, so that none is cut in two by a centre that lies between others
_SAMPLE = 4096  # windows that are enough to find groups
_BRIDGE = 0.025  # share of the windows below which a cell, such as of changes between states, joins no two groups
_STEPS = 20
_INSIDE = 0.999  # share of the windows of a group within its reach
_SEED = 0


@dataclass(frozen=True)
class Clusters:
    """Groups, each of one or more cells around a centre.

    Parameters
    ----------
    centres : ndarray of float, shape (n_cells, n_dimensions)
        Centres of cells, in units of `scale`.
    groups : ndarray of int, shape (n_cells,)
        The group of each cell, from 0.
    reaches : ndarray of float, shape (n_groups,)
        Distance from the nearest centre within which almost all windows of a group lie.
    scale : ndarray of float, shape (n_dimensions,)
        The usual change of each dimension from one window to the next.
    """

    centres: NDArray[np.float64]
    groups: NDArray[np.int64]
    reaches: NDArray[np.float64]
    scale: NDArray[np.float64]

    @classmethod
    def find(cls, windows: ArrayLike) -> Self:
        """Find as many groups as stand clearly apart, which is one where nothing does.

        More cells than there can be groups are found by k-means, and joined wherever the density does not fall to a
        fifth between them (`valley`). The number of groups needs no other choice, and no labels.

        Parameters
        ----------
        windows : array_like of float, shape (n_windows, n_dimensions)
            In the order of time; each row finite; at least one.

        Returns
        -------
        Clusters
        """
        rows = np.asarray(windows, np.float64)
        changes = np.diff(rows, axis=0)
        scale = np.sqrt(np.mean(changes**2, axis=0) / 2) if len(changes) else np.zeros(rows.shape[1])
        scale = np.where(scale > 0, scale, 1.0)
        some = rows[np.linspace(0, len(rows) - 1, min(_SAMPLE, len(rows))).astype(int)] / scale
        centres = _centres(some)
        found = cls(centres, np.arange(len(centres)), np.full(len(centres), np.inf), scale)
        cells = found.nearest(some * scale)[0]
        groups = _joined(some, cells, centres)
        joined = cls(centres, groups, np.full(groups.max() + 1, np.inf), scale)
        of, distances = joined.nearest(rows)
        reaches = [np.quantile(distances[of == group], _INSIDE, method="higher") for group in range(groups.max() + 1)]
        return cls(centres, groups, np.array(reaches), scale)

    def nearest(self, windows: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the nearest group of each window, and the distance to the nearest of its centres.

        Parameters
        ----------
        windows : array_like of float, shape (n_windows, n_dimensions)

        Returns
        -------
        groups : ndarray of int, shape (n_windows,)
        distances : ndarray of float, shape (n_windows,)
            In units of `scale`.
        """
        from scipy.cluster.vq import vq

        cells, distances = vq(np.asarray(windows, np.float64) / self.scale, self.centres)
        return self.groups[cells], distances

    def only(self, groups: ArrayLike) -> Self:
        """Return these groups alone, with the numbers that they have."""
        kept = np.isin(self.groups, np.asarray(groups))
        return type(self)(self.centres[kept], self.groups[kept], self.reaches, self.scale)


def _centres(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the centres of k-means, begun apart from each other (Arthur & Vassilvitskii 2007)."""
    from scipy.cluster.vq import vq

    rng = np.random.default_rng(_SEED)
    centres = rows[rng.integers(len(rows), size=1)]
    for _ in range(_CELLS - 1):
        apart = vq(rows, centres)[1] ** 2
        if not apart.any():
            break
        centres = np.vstack([centres, rows[rng.choice(len(rows), p=apart / apart.sum())]])
    for _ in range(_STEPS):
        cells = vq(rows, centres)[0]
        centres = np.array([rows[cells == cell].mean(axis=0) for cell in np.unique(cells)])
    return centres


def _joined(rows: NDArray[np.float64], cells: NDArray[np.int64], centres: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the group of each cell: cells without a valley between them are of one."""
    from scipy.sparse.csgraph import connected_components

    count = len(centres)
    depth = np.ones((count, count))
    for one in range(count):
        for other in range(one):
            axis = centres[other] - centres[one]
            parts = [rows[cells == cell] @ axis for cell in (one, other)]
            depth[one, other] = depth[other, one] = valley(*parts)
    is_large = np.bincount(cells, minlength=count) >= _BRIDGE * len(rows)
    large = np.flatnonzero(is_large)
    tied = (depth > SEPARATE) & is_large & is_large[:, None]
    for cell in np.flatnonzero(~is_large):  # which joins the group it is least apart from, and ties no two together
        nearest = large[np.argmax(depth[cell, large])]
        tied[cell, nearest] = depth[cell, nearest] > SEPARATE
    groups: NDArray[np.int64] = connected_components(tied, directed=False)[1].astype(np.int64)
    return groups
