"""The training clips nearest to others: ranked by one matrix product, then measured exactly."""

from __future__ import annotations

import numpy as np

from offkey.detectors.base import Floats
from offkey.export.detectors.arithmetic import number, row_norms, row_squares, whole
from offkey.graph import Builder

__all__ = ["Remembered"]


class Remembered:
    """The clips that a detector compares with, in one or several groups of features, as a weight of a graph.

    Which are nearest follows from ``|a|² + |b|² - 2 a.b``. How far these are is then computed from differences, so that
    no digit is lost, and a clip that was learnt is exactly 0 away from itself.

    `points`: shape (n_groups, m, width).
    `units`: shape (n_groups, m); what a distance to each is divided by; by default nothing.
    """

    def __init__(self, b: Builder, points: Floats, units: Floats | None = None) -> None:
        self._b, self._points, self._units = b, points, units
        self.points = number(b, points)

    def squares(self, rows: str) -> str:
        """Return squared distances of rows, shape (n_groups, batch, width), nearly, shape (n_groups, batch, m)."""
        b = self._b
        norms = np.einsum("gmw,gmw->gm", self._points, self._points)[:, None]
        doubled = b("Mul", rows, number(b, -2.0))
        products = b("MatMul", doubled, b("Transpose", self.points, perm=[0, 2, 1]))
        of_rows = b("Unsqueeze", row_squares(b, rows), whole(b, 2))
        return b("Add", b("Add", products, number(b, norms)), of_rows)

    def in_units(self, squares: str) -> str:
        """Return squares, shape (n_groups, batch, m), by the square of the unit of each clip."""
        return (
            squares if self._units is None else self._b("Mul", squares, number(self._b, self._units[:, None] ** -2.0))
        )

    def least(self, ranks: str, k: int) -> str:
        """Return the places of the `k` clips of the least rank, shape (..., k)."""
        b, m = self._b, self._points.shape[1]
        return b("TopK", ranks, whole(b, min(k, m)), axis=-1, largest=0, sorted=1, outputs=2)[1]

    def distances(self, rows: str, places: str) -> str:
        """Return how far rows are from the clips at some places, in their units, shape (n_groups, batch, k)."""
        b, (n_groups, m, width) = self._b, self._points.shape
        flat = places if n_groups == 1 else b("Add", places, b.weight(m * np.arange(n_groups).reshape(-1, 1, 1)))
        found = b("Gather", b("Reshape", self.points, whole(b, n_groups * m, width)), flat, axis=0)
        away = row_norms(b, b("Sub", found, b("Unsqueeze", rows, whole(b, 2))))
        if self._units is None:
            return away
        return b("Div", away, b("Gather", number(b, self._units.reshape(-1)), flat, axis=0))

    def nearest(self, rows: str, k: int) -> str:
        """Return how far the `k` nearest clips are from each row, in their units, shape (n_groups, batch, k)."""
        return self.distances(rows, self.least(self.in_units(self.squares(rows)), k))
