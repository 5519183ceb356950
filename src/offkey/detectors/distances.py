"""Euclidean distances between rows, and the nearest rows, fast and without cancellation."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from offkey.detectors.base import Floats

__all__ = ["Cloud", "Nearest", "distances", "nearest_others"]

_DOUBTFUL = 1e-5
"""Share of the squared norms below which a squared distance from a matrix product is computed again."""

_CHUNK = 1 << 22
"""Numbers in memory at a time while distances are computed again."""

_IN_CACHE = 1 << 17
"""Numbers of a matrix of distances that is worked on at a time: a megabyte."""

_FEW = 4
"""Up to so many least numbers are found one after the other, in as many fast passes."""


class Nearest(NamedTuple):
    """The points nearest to each of some rows.

    Attributes
    ----------
    distances : ndarray of float, shape (n, k)
        From low to high; infinite where fewer points count.
    rows : ndarray of int, shape (n, k)
        Which points.
    """

    distances: Floats
    rows: NDArray[np.intp]


class Cloud:
    """Points that others are measured against, again and again.

    Parameters
    ----------
    points : ndarray of float, shape (m, d)
        The points.
    units : ndarray of float, shape (m,), optional
        What a distance to each point is divided by, more than 0; by default nothing.
    """

    def __init__(self, points: Floats, units: Floats | None = None) -> None:
        self.points, self.units = points, units
        self.centre: Floats = points.mean(axis=0)
        centred = points - self.centre
        # a row (a, 1, |a|^2) times this is |a|^2 + |b|^2 - 2 a.b, in squared units: one product, no further passes
        self._factors = np.vstack([-2 * centred.T, _norms(centred), np.ones(len(points))])
        if units is not None:
            self._factors /= units**2

    def nearest(self, a: Floats, k: int, *, groups: tuple[NDArray[Any], NDArray[Any]] | None = None) -> Nearest:
        """Return the `k` points nearest to each row of `a`, and how far they are.

        Which they are is found by one matrix product; how far they are is computed from differences, so it loses no
        digits, does not depend on the other rows, and is exactly 0 for equal rows.

        Parameters
        ----------
        a : ndarray of float, shape (n, d)
            The rows.
        k : int
            Number of points; all where there are fewer.
        groups : tuple of two ndarrays, of shape (n,) and (m,), optional
            Group of each row and of each point: a point of a row's own group does not count.

        Returns
        -------
        Nearest
        """
        k, step = min(k, len(self.points)), max(1, _IN_CACHE // len(self.points))
        own, others = (None, None) if groups is None else _numbered(*groups)
        away, index = np.empty((len(a), k)), np.empty((len(a), k), np.intp)
        for start in range(0, len(a), step):
            some = slice(start, start + step)
            rows = a[some] - self.centre
            square = np.column_stack([rows, np.ones(len(rows)), _norms(rows)]) @ self._factors
            if own is not None:
                np.copyto(square, np.inf, where=own[some, None] == others)
            index[some], counts = _least(square, k)
            away[some] = np.where(counts, self._exact(a[some], index[some]), np.inf)
        if k == 1:
            return Nearest(away, index)
        order = np.argsort(away, axis=1)
        return Nearest(np.take_along_axis(away, order, axis=1), np.take_along_axis(index, order, axis=1))

    def _exact(self, a: Floats, index: NDArray[np.intp]) -> Floats:
        apart = self.points[index]
        apart -= a[:, None]
        exact: Floats = np.sqrt(np.einsum("nkd,nkd->nk", apart, apart))
        return exact if self.units is None else exact / self.units[index]


def nearest_others(points: Floats, k: int, groups: NDArray[Any] | None = None) -> Nearest:
    """Return the `k` points nearest to each of some points, itself and those of its group left out.

    Parameters
    ----------
    points : ndarray of float, shape (m, d)
        At least two.
    k : int
        Number of points; all others where there are fewer.
    groups : ndarray of shape (m,), optional
        Group of each point; each its own by default.

    Returns
    -------
    Nearest
    """
    own = np.arange(len(points)) if groups is None else groups
    return Cloud(points).nearest(points, min(k, len(points) - 1), groups=(own, own))


def distances(a: Floats, b: Floats) -> Floats:
    """Return the Euclidean distance of each row of `a` to each row of `b`.

    They come from one matrix product, as ``|a|^2 + |b|^2 - 2 a.b`` about the mean of `b`; what is so small that this
    loses digits is computed again from differences. So each is good to about ten digits, whatever the other rows
    are, and equal rows are exactly 0 apart.

    Parameters
    ----------
    a : ndarray of float, shape (n, d)
    b : ndarray of float, shape (m, d)

    Returns
    -------
    ndarray of float, shape (n, m)
    """
    centre = b.mean(axis=0)
    a, b = a - centre, b - centre
    of_a, of_b = _norms(a), _norms(b)
    square: Floats = (-2 * a) @ b.T
    square += of_a[:, None]
    square += of_b
    doubtful = square <= (_DOUBTFUL * (of_a + of_b.max()))[:, None]
    rows, columns = np.divmod(np.flatnonzero(doubtful), len(b))
    step = max(1, _CHUNK // a.shape[1])
    for start in range(0, len(rows), step):
        i, j = rows[start : start + step], columns[start : start + step]
        square[i, j] = _norms(a[i] - b[j])
    return np.sqrt(square, out=square)


def _least(values: Floats, k: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the columns of each row's `k` least values, and whether these are finite; spoils the values."""
    if k > _FEW:
        index = np.argpartition(values, k - 1, axis=1)[:, :k]
        return index, np.isfinite(np.take_along_axis(values, index, axis=1))
    rows, index, finite = np.arange(len(values)), np.empty((len(values), k), np.intp), np.empty((len(values), k), bool)
    for place in range(k):
        index[:, place] = least = np.argmin(values, axis=1)
        finite[:, place] = np.isfinite(values[rows, least])
        values[rows, least] = np.inf
    return index, finite


def _numbered(own: NDArray[Any], others: NDArray[Any]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return groups as small numbers, which are compared twice as fast."""
    numbers = np.unique(np.concatenate([own, others]), return_inverse=True)[1].astype(np.int32)
    return numbers[: len(own)], numbers[len(own) :]


def _norms(rows: Floats) -> Floats:
    norms: Floats = np.einsum("ij,ij->i", rows, rows)
    return norms
