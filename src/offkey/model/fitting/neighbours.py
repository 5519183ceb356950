"""The nearest neighbours of training clips by their features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["nearest"]

_ROWS = 1024  # whose neighbours are looked for at a time


def nearest(points: NDArray[np.float32], groups: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """Return the `n` rows nearest to each row among those of other groups, in no order.

    `points`: shape (n_points, n_features); at least n + 1; a row with fewer than `n` of other groups gets some of its
        own beside these.
    `groups`: shape (n_points,); rows of one group are no neighbours.
    Returns: shape (n_points, n).
    """
    squares = np.einsum("ij,ij->i", points, points)
    found = np.empty((len(points), n), np.intp)
    for first in range(0, len(points), _ROWS):
        rows = slice(first, first + _ROWS)
        away = squares - 2 * points[rows] @ points.T
        away[groups[rows, None] == groups] = np.inf
        found[rows] = np.argpartition(away, n - 1, axis=1)[:, :n]
    return found
