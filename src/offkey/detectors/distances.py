"""Euclidean distances between rows, fast and without cancellation."""

from __future__ import annotations

import numpy as np

from offkey.detectors.base import Floats

__all__ = ["distances", "least", "squared_distances"]

_DOUBTFUL = 1e-5
"""Share of the squared norms below which a squared distance from a matrix product is computed again."""

_CHUNK = 1 << 22
"""Numbers in memory at a time while distances are computed again."""


def distances(a: Floats, b: Floats) -> Floats:
    """Return the Euclidean distance of each row of `a` to each row of `b`; see `squared_distances`."""
    square = squared_distances(a, b)
    return np.sqrt(square, out=square)


def squared_distances(a: Floats, b: Floats) -> Floats:
    """Return the squared Euclidean distance of each row of `a` to each row of `b`.

    Those of many rows come from one matrix product, as ``|a|^2 + |b|^2 - 2 a.b`` about the mean of `b`;
    what is so small that this loses digits is computed again from differences, as everything is for one
    row. So each is good to about ten digits, whatever the other rows are, and equal rows are exactly 0 apart.

    Parameters
    ----------
    a : ndarray of float, shape (n, d)
    b : ndarray of float, shape (m, d)

    Returns
    -------
    ndarray of float, shape (n, m)
    """
    if len(a) == 1:  # a clip of a live sound: the overhead of the product would be most of its cost
        return _norms(b - a)[None]
    centre = b.mean(axis=0)
    a, b = a - centre, b - centre
    norms_a, norms_b = _norms(a), _norms(b)
    square: Floats = (-2 * a) @ b.T
    square += norms_a[:, None]
    square += norms_b
    doubtful = square <= (_DOUBTFUL * (norms_a + norms_b.max()))[:, None]
    rows, columns = np.divmod(np.flatnonzero(doubtful), len(b))
    step = max(1, _CHUNK // a.shape[1])
    for start in range(0, len(rows), step):
        i, j = rows[start : start + step], columns[start : start + step]
        square[i, j] = _norms(a[i] - b[j])
    return square


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
