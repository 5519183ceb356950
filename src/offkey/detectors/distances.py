"""Euclidean distances between rows, and the nearest rows, fast and without cancellation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from offkey.detectors.base import Floats

__all__ = ["IN_CACHE", "Cloud", "Groups", "Nearest", "distances", "divided", "nearest_others"]

_DOUBTFUL = 1e-5
"""Share of the squared norms below which a squared distance from a matrix product is computed again."""

_CHUNK = 1 << 22
"""Numbers in memory at a time while distances are computed again."""

IN_CACHE = 1 << 18
"""Numbers of a matrix of distances that is worked on at a time: two megabytes."""

_FEW = 10
"""Up to so many least numbers are found one after the other, in as many fast passes."""

_NARROW, _SPARE = 32, 2
"""Features up to which rounding is so little beside distances that one point more makes sure which are nearest, and how
many more there are of wider ones."""

_ROUNDING = 2.0**-24
"""Relative error of an operation in single precision. A bound is a sum of d + 2 products of rounded numbers: its error
is less than ``(2 d + 12)`` times this share of ``|a|^2 + |b|^2`` (N. Higham, "Accuracy and Stability of Numerical
Algorithms", 2nd ed., 2002, section 3.1)."""

_HUGE = 1e30
"""Squared norms below which nothing overflows in single precision."""


class Nearest(NamedTuple):
    """The points nearest to each of some rows."""

    distances: Floats  # shape (n, k); from low to high; infinite where fewer points count
    rows: NDArray[np.intp]


class Cloud:
    """Points that others are measured against, again and again; or a stack of clouds, for as many groups of features.

    `points`: shape (m, d); the points.
    `units`: shape (m,); what a distance to each point is divided by, more than 0; by default nothing.
    `summed`: how many bounds are added up by whoever asks for `bounds`, so that their sums are bounds as well.
    """

    def __init__(self, points: Floats, units: Floats | None = None, *, summed: int = 0) -> None:
        self._points = points.reshape(-1, *points.shape[-2:])
        self.units = np.ones(self._points.shape[:2]) if units is None else units.reshape(-1, points.shape[-2])
        self._centre = self._points.mean(axis=1, keepdims=True)
        self._scale = float(np.abs(self._points - self._centre).max()) or 1.0
        self.reach = self._scale / float(self.units.min())
        self._d = self._points.shape[2]
        self._spare = 1 if self._d <= _NARROW else _SPARE
        self._summed = summed

    def nearest(self, a: Floats, k: int, *, groups: tuple[NDArray[Any], NDArray[Any]] | None = None) -> Nearest:
        """Return the `k` points nearest to each row of `a`, and how far they are.

        A matrix product in single precision gives a lower bound of every distance. The distances to the points of the
        least bounds are computed from differences in double precision: they lose no digits, do not depend on the
        other rows, and are exactly 0 for equal rows. Where the k-th is no more than the bounds of all other points,
        no other is nearer (multi-step search: T. Seidl & H.-P. Kriegel, "Optimal multi-step k-nearest neighbor
        search", SIGMOD 1998). The few rows where it is more are multiplied again in double precision.

        `a`: shape (n, d); the rows, for each cloud its own.
        `k`: number of points; all where there are fewer.
        `groups`: shape (n,); group of each row and of each point: a point of a row's own group does not count.
        Returns: with a first axis for the clouds if `a` has one.
        """
        rows = a.reshape(-1, *a.shape[-2:])
        n_clouds, n, m = *rows.shape[:2], self._points.shape[1]
        own, others = (None, None) if groups is None else _numbered(*groups)
        found = Nearest(np.empty((n_clouds, n, min(k, m))), np.empty((n_clouds, n, min(k, m)), np.intp))
        clouds, some = max(1, IN_CACHE // (m * max(n, 1))), max(1, IN_CACHE // m)
        for first in range(0, n_clouds, clouds):
            for start in range(0, n, some):
                part = slice(first, first + clouds), slice(start, start + some)
                apart = None if own is None else own[part[1], None] != others
                bounds = self.bounds(rows[part], part[0])
                found.distances[part], found.rows[part] = self._nearest(rows[part], part[0], bounds, min(k, m), apart)
        return found if a.ndim == 3 else Nearest(found.distances[0], found.rows[0])

    def nearest_by(self, bounds: NDArray[np.float32], a: Floats, k: int) -> Nearest:
        """Return what `nearest` does, by bounds that are known already; spoils these.

        `bounds`: shape (n_clouds, n, m); as `bounds` gives them, of every row and point.
        `a`: shape (n_clouds, n, d); the rows.
        `k`: number of points; all where there are fewer.
        """
        return self._nearest(a, slice(0, len(a)), bounds, min(k, bounds.shape[2]))

    def bounds(self, a: Floats, clouds: slice = slice(None)) -> NDArray[np.float32]:
        """Return what is no more than the squared distance of each row to each point, in units of `reach` squared.

        `a`: shape (n_clouds, n, d); the rows.
        `clouds`: of which clouds they are; all by default.
        Returns: shape (n_clouds, n, m); minus infinity where a row is too large for single precision.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            rows = self._rows(a, clouds, np.dtype(np.float32))
            bounds: NDArray[np.float32] = rows @ self._bound_factors[clouds]
        if not (rows[:, :, -1] < _HUGE).all():
            bounds[~(rows[:, :, -1] < _HUGE)] = -np.inf
        return bounds

    @cached_property
    def _bound_factors(self) -> NDArray[np.float32]:
        return self._factors(slice(None), 1 - (2 * (self._d + self._summed) + 12) * _ROUNDING).astype(np.float32)

    def _nearest(
        self, a: Floats, clouds: slice, bounds: NDArray[Any], k: int, apart: NDArray[np.bool_] | None = None
    ) -> Nearest:
        """Return what is nearest to some rows; only pairs that are `apart` count."""
        if apart is not None:
            np.copyto(bounds, np.inf, where=~apart)
        found, sure = self._of_least(a, clouds, bounds, k, self._spare)
        for number in np.flatnonzero(~sure.all(axis=1)):
            doubtful, cloud = ~sure[number], slice(clouds.start + number, clouds.start + number + 1)
            some = a[number : number + 1, doubtful]
            squares = self._rows(some, cloud, np.dtype(np.float64)) @ self._factors(cloud, 1.0)
            if apart is not None:
                np.copyto(squares, np.inf, where=~apart[doubtful])
            again, _ = self._of_least(some, cloud, squares, k, 0)
            found.distances[number, doubtful], found.rows[number, doubtful] = again.distances[0], again.rows[0]
        return found

    def _of_least(
        self, a: Floats, clouds: slice, bounds: NDArray[Any], k: int, spare: int
    ) -> tuple[Nearest, NDArray[np.bool_]]:
        """Return the nearest among the points of the least bounds, `spare` more than `k`, and where that is sure."""
        m = bounds.shape[2]
        index, least = _least(bounds.reshape(-1, m), min(k + spare, m))
        index, least = index.reshape(*bounds.shape[:2], -1), least.reshape(*bounds.shape[:2], -1)
        away = self._distances(a, clouds, index)
        away[least == np.inf] = np.inf
        cloud, row = np.arange(len(a))[:, None, None], np.arange(a.shape[1])[:, None]
        order = np.argsort(away, axis=2)[:, :, :k]
        found = Nearest(away[cloud, row, order], index[cloud, row, order])
        if k + spare >= m:
            return found, np.ones(bounds.shape[:2], np.bool_)
        reach = np.sqrt(np.maximum(least.max(axis=2), 0)) * self.reach
        return found, found.distances[:, :, -1] <= reach

    def _rows(self, a: Floats, clouds: slice, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Return (a, 1, |a|^2) of each row about the centre, which `_factors` are multiplied by."""
        rows = np.empty((*a.shape[:2], self._d + 2), dtype)
        centred = (a - self._centre[clouds]) / self._scale
        rows[:, :, :-2], rows[:, :, -2], rows[:, :, -1] = centred, 1, _norms(centred)
        return rows

    def _distances(self, a: Floats, clouds: slice, index: NDArray[np.intp]) -> Floats:
        """Return how far each row is from some points, in their units."""
        cloud = np.arange(len(index))[:, None, None]
        between = self._points[clouds][cloud, index]
        between -= a[:, :, None]
        away: Floats = np.sqrt(_norms(between))
        away /= self.units[clouds][cloud, index]
        return away

    def _factors(self, clouds: slice, share: float) -> Floats:
        """Return what a row (a, 1, |a|^2) is multiplied by, for ``share (|a|^2 + |b|^2) - 2 a.b`` in squared units."""
        centred = (self._points[clouds] - self._centre[clouds]) / self._scale
        norms = share * _norms(centred)[:, None]
        factors = np.concatenate([-2 * centred.transpose(0, 2, 1), norms, np.full_like(norms, share)], axis=1)
        factors *= (self._scale / self.reach / self.units[clouds, None]) ** 2
        return factors


class Groups:
    """Groups of columns as a stack, in which zeros fill up narrow ones: they move nothing apart.

    `index`: shape (n_groups, width); the columns of each group, the last again where there are no more.
    `outside`: shape (n_groups, width); where there are no more; None where all groups are of one width.
    """

    def __init__(self, columns: Sequence[slice]) -> None:
        numbers = [range(part.start, part.stop, part.step or 1) for part in columns]
        sizes = np.array([len(part) for part in numbers])[:, None]
        within = np.arange(sizes.max())
        self.index = np.array([[part[min(place, len(part) - 1)] for place in within] for part in numbers])
        self.outside = None if (sizes == len(within)).all() else within >= sizes

    def __call__(self, X: Floats) -> Floats:
        """Return the groups of some rows, shape (n, n_columns), as a stack, shape (n_groups, n, width)."""
        stack = X[:, self.index].transpose(1, 0, 2)
        if self.outside is not None:
            stack[np.broadcast_to(self.outside[:, None], stack.shape)] = 0.0
        return stack


def nearest_others(points: Floats, k: int, groups: NDArray[Any] | None = None) -> Nearest:
    """Return the `k` points nearest to each of some points, itself and those of its group left out.

    `points`: shape (m, d); at least two.
    `k`: number of points; all others where there are fewer.
    `groups`: shape (m,); group of each point; each its own by default.
    Returns: with a first axis for the clouds if `points` has one.
    """
    m = points.shape[-2]
    own = np.arange(m) if groups is None else groups
    return Cloud(points).nearest(points, min(k, m - 1), groups=(own, own))


def distances(a: Floats, b: Floats) -> Floats:
    """Return the Euclidean distance of each row of `a` to each row of `b`.

    They come from one matrix product, as ``|a|^2 + |b|^2 - 2 a.b`` about the mean of `b`; what is so small that this
    loses digits is computed again from differences. So each is good to about ten digits, whatever the other rows
    are, and equal rows are exactly 0 apart.

    `a`: shape (n, d).
    `b`: shape (m, d).
    Returns: shape (n, m).
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


def divided(differences: Floats) -> Floats:
    """Divide the length of each vector, shape (..., d), among its features: squares under the root, over the root."""
    squares = differences**2
    length = np.sqrt(squares.sum(axis=-1, keepdims=True))
    parts: Floats = np.divide(squares, length, out=np.zeros_like(squares), where=length > 0)
    return parts


def _least(values: NDArray[Any], k: int) -> tuple[NDArray[np.intp], NDArray[Any]]:
    """Return the columns of each row's `k` least values, in any order, and these; spoils the values."""
    if k > _FEW:
        index = np.argpartition(values, k - 1, axis=1)[:, :k]
        return index, np.take_along_axis(values, index, axis=1)
    flat, starts = values.reshape(-1), np.arange(len(values)) * values.shape[1]
    index, least = np.empty((k, len(values)), np.intp), np.empty((k, len(values)))
    for column, found in zip(index, least, strict=True):
        np.argmin(values, axis=1, out=column)
        places = starts + column
        found[:] = flat[places]
        flat[places] = np.inf
    return index.T, least.T


def _numbered(own: NDArray[Any], others: NDArray[Any]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return groups as small numbers, which are compared twice as fast."""
    numbers = np.unique(np.concatenate([own, others]), return_inverse=True)[1].astype(np.int32)
    return numbers[: len(own)], numbers[len(own) :]


def _norms(rows: Floats) -> Floats:
    norms: Floats = np.einsum("...d,...d->...", rows, rows)
    return norms
