"""Euclidean distances between rows, and the nearest rows, fast and without cancellation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from offkey.detectors.base import Floats

__all__ = ["IN_CACHE", "Cloud", "Nearest", "distances", "nearest_others", "stacked"]

_DOUBTFUL = 1e-5
"""Share of the squared norms below which a squared distance from a matrix product is computed again."""

_CHUNK = 1 << 22
"""Numbers in memory at a time while distances are computed again."""

IN_CACHE = 1 << 18
"""Numbers of a matrix of distances that is worked on at a time: two megabytes."""

_FEW = 4
"""Up to so many least numbers are found one after the other, in as many fast passes."""


class Nearest(NamedTuple):
    """The points nearest to each of some rows.

    Attributes
    ----------
    distances : ndarray of float, shape (n, k) or (n_clouds, n, k)
        From low to high; infinite where fewer points count.
    rows : ndarray of int, of the same shape
        Which points.
    """

    distances: Floats
    rows: NDArray[np.intp]


class Cloud:
    """Points that others are measured against, again and again; or a stack of clouds, for as many groups of features.

    Parameters
    ----------
    points : ndarray of float, shape (m, d) or (n_clouds, m, d)
        The points.
    units : ndarray of float, shape (m,) or (n_clouds, m), optional
        What a distance to each point is divided by, more than 0; by default nothing.
    """

    def __init__(self, points: Floats, units: Floats | None = None) -> None:
        self._points = points.reshape(-1, *points.shape[-2:])
        self._units = None if units is None else units.reshape(-1, points.shape[-2])
        self._centre = self._points.mean(axis=1, keepdims=True)
        centred = self._points - self._centre
        norms = _norms(centred)[:, None]
        # a row (a, 1, |a|^2) times this is |a|^2 + |b|^2 - 2 a.b, in squared units: one product, no further passes
        self._factors = np.concatenate([-2 * centred.transpose(0, 2, 1), norms, np.ones_like(norms)], axis=1)
        if self._units is not None:
            self._factors /= self._units[:, None] ** 2

    def nearest(self, a: Floats, k: int, *, groups: tuple[NDArray[Any], NDArray[Any]] | None = None) -> Nearest:
        """Return the `k` points nearest to each row of `a`, and how far they are.

        Which they are is found by one matrix product; how far they are is computed from differences, so it loses no
        digits, does not depend on the other rows, and is exactly 0 for equal rows.

        Parameters
        ----------
        a : ndarray of float, shape (n, d) or (n_clouds, n, d)
            The rows, for each cloud its own.
        k : int
            Number of points; all where there are fewer.
        groups : tuple of two ndarrays, of shape (n,) and (m,), optional
            Group of each row and of each point: a point of a row's own group does not count.

        Returns
        -------
        Nearest
            With a first axis for the clouds if `a` has one.
        """
        rows = a.reshape(-1, *a.shape[-2:])
        n_clouds, n, m = *rows.shape[:2], self._points.shape[1]
        own, others = (None, None) if groups is None else _numbered(*groups)
        away, index = np.empty((n_clouds, n, min(k, m))), np.empty((n_clouds, n, min(k, m)), np.intp)
        clouds, some = max(1, IN_CACHE // (m * max(n, 1))), max(1, IN_CACHE // m)
        for first in range(0, n_clouds, clouds):
            for start in range(0, n, some):
                part = slice(first, first + clouds), slice(start, start + some)
                apart = None if own is None else own[part[1], None] != others
                away[part], index[part] = self._nearest(rows[part], part[0], min(k, m), apart)
        order = np.argsort(away, axis=2)
        found = Nearest(np.take_along_axis(away, order, axis=2), np.take_along_axis(index, order, axis=2))
        return found if a.ndim == 3 else Nearest(found.distances[0], found.rows[0])

    def _nearest(self, a: Floats, clouds: slice, k: int, apart: NDArray[np.bool_] | None) -> Nearest:
        """Return what is nearest to some rows, in no order; only pairs that are `apart` count."""
        rows = a - self._centre[clouds]
        ends = np.ones((*rows.shape[:2], 2))
        ends[:, :, 1] = _norms(rows)
        square = np.concatenate([rows, ends], axis=2) @ self._factors[clouds]
        if apart is not None:
            np.copyto(square, np.inf, where=~apart)
        index, counts = _least(square.reshape(-1, square.shape[2]), k)
        index = index.reshape(*rows.shape[:2], k)
        cloud = np.arange(len(index))[:, None, None]
        between = self._points[clouds][cloud, index]
        between -= a[:, :, None]
        exact = np.sqrt(_norms(between))
        if self._units is not None:
            exact /= self._units[clouds][cloud, index]
        return Nearest(np.where(counts.reshape(index.shape), exact, np.inf), index)


def stacked(X: Floats, columns: Sequence[slice]) -> Floats:
    """Return groups of columns as a stack, shape (n_groups, n, d); zeros fill up narrow ones, moving nothing apart."""
    stack = np.zeros((len(columns), len(X), max(part.stop - part.start for part in columns)))
    for group, part in zip(stack, columns, strict=True):
        group[:, : part.stop - part.start] = X[:, part]
    return stack


def nearest_others(points: Floats, k: int, groups: NDArray[Any] | None = None) -> Nearest:
    """Return the `k` points nearest to each of some points, itself and those of its group left out.

    Parameters
    ----------
    points : ndarray of float, shape (m, d) or (n_clouds, m, d)
        At least two.
    k : int
        Number of points; all others where there are fewer.
    groups : ndarray of shape (m,), optional
        Group of each point; each its own by default.

    Returns
    -------
    Nearest
        With a first axis for the clouds if `points` has one.
    """
    m = points.shape[-2]
    own = np.arange(m) if groups is None else groups
    return Cloud(points).nearest(points, min(k, m - 1), groups=(own, own))


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
    norms: Floats = np.einsum("...d,...d->...", rows, rows)
    return norms
