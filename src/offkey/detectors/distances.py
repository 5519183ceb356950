"""Euclidean distances between rows, fast and without cancellation."""

from __future__ import annotations

import numpy as np

from offkey.detectors.base import Floats

__all__ = ["Cloud", "distances", "least", "squared_distances"]

_DOUBTFUL = 1e-5
"""Share of the squared norms below which a squared distance from a matrix product is computed again."""

_CHUNK = 1 << 22
"""Numbers in memory at a time while distances are computed again."""


class Cloud:
    """Points that others are measured against, again and again.

    Parameters
    ----------
    points : ndarray of float, shape (m, d)
        The points.
    """

    def __init__(self, points: Floats) -> None:
        self.points = points
        self.centre: Floats = points.mean(axis=0)
        self.centred = points - self.centre
        self.norms = _norms(self.centred)

    def squared_distances(self, a: Floats) -> Floats:
        """Return the squared Euclidean distance of each row of `a` to each point.

        Those of many rows come from one matrix product, as ``|a|^2 + |b|^2 - 2 a.b`` about the mean of the
        points; what is so small that this loses digits is computed again from differences, as everything is
        for one row. So each is good to about ten digits, whatever the other rows are, and equal rows are
        exactly 0 apart.

        Parameters
        ----------
        a : ndarray of float, shape (n, d)

        Returns
        -------
        ndarray of float, shape (n, m)
        """
        if len(a) == 1:  # a clip of a live sound: the overhead of the product would be most of its cost
            return _norms(self.points - a)[None]
        a = a - self.centre
        norms = _norms(a)
        square: Floats = (-2 * a) @ self.centred.T
        square += norms[:, None]
        square += self.norms
        doubtful = square <= (_DOUBTFUL * (norms + self.norms.max()))[:, None]
        rows, columns = np.divmod(np.flatnonzero(doubtful), len(self.points))
        step = max(1, _CHUNK // a.shape[1])
        for start in range(0, len(rows), step):
            i, j = rows[start : start + step], columns[start : start + step]
            square[i, j] = _norms(a[i] - self.centred[j])
        return square

    def distances(self, a: Floats) -> Floats:
        """Return the Euclidean distance of each row of `a` to each point; see `squared_distances`."""
        square = self.squared_distances(a)
        return np.sqrt(square, out=square)


def distances(a: Floats, b: Floats) -> Floats:
    """Return the Euclidean distance of each row of `a` to each row of `b`; see `Cloud`."""
    return Cloud(b).distances(a)


def squared_distances(a: Floats, b: Floats) -> Floats:
    """Return the squared Euclidean distance of each row of `a` to each row of `b`; see `Cloud`."""
    return Cloud(b).squared_distances(a)


def least(values: Floats, k: int) -> Floats:
    """Return the `k` least values of each row, in no order; all of them where there are fewer."""
    k = min(k, values.shape[1])
    if k == 1:
        smallest: Floats = values.min(axis=1, keepdims=True)
    else:
        smallest = np.partition(values, k - 1, axis=1)[:, :k]
    return smallest


def _norms(rows: Floats) -> Floats:
    norms: Floats = np.einsum("ij,ij->i", rows, rows)
    return norms
