"""Euclidean distances between rows, exact and in bounded memory."""

from __future__ import annotations

from offkey.detectors.base import Floats

__all__ = ["distances"]


def distances(a: Floats, b: Floats) -> Floats:
    """Return the Euclidean distance of each row of `a` to each row of `b`.

    Parameters
    ----------
    a : ndarray of float, shape (n, d)
    b : ndarray of float, shape (m, d)

    Returns
    -------
    ndarray of float, shape (n, m)
        The distances, computed from differences, so that equal rows are exactly 0 apart.
    """
    from scipy.spatial.distance import cdist

    result: Floats = cdist(a, b)
    return result
