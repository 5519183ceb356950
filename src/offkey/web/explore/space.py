"""The space in which clips lie near each other that sound alike.

Each clip is its mean spectrum and the deviation of each band over time, 256 numbers; every number is divided by
its standard deviation over the data set, and the first principal components of that are kept (Pearson, "On lines
and planes of closest fit to systems of points in space", Phil. Mag. 2(11), 1901). Distances are Euclidean.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Space"]

_COMPONENTS = 32
_AT_A_TIME = 512
_LEAST = 1e-6


class Space:
    """The measured clips in principal components of their spectra (clips, bands), whose unmeasured rows are NaN.

    `rows` are the rows of the measured clips; `points` their first 32 components or fewer, the greatest variance first;
    `shares` the share of the variance of each.
    """

    def __init__(self, mean: NDArray[np.float32], deviation: NDArray[np.float32]) -> None:
        self.rows = np.flatnonzero(np.isfinite(mean[:, 0]) & np.isfinite(deviation[:, 0]))
        self._place = {int(row): at for at, row in enumerate(self.rows)}
        features = np.concatenate([mean[self.rows], deviation[self.rows]], axis=1).astype(np.float64)
        if len(features):
            features -= features.mean(axis=0)
            features /= np.maximum(features.std(axis=0), _LEAST)
        spread = features.T @ features / max(1, len(features))
        variances, axes = np.linalg.eigh(spread)
        order = np.argsort(variances)[::-1][:_COMPONENTS]
        axes = axes[:, order]
        axes *= np.where(axes[np.abs(axes).argmax(axis=0), range(axes.shape[1])] < 0, -1, 1)  # the sign is arbitrary
        self.points = (features @ axes).astype(np.float32)
        total = float(variances.sum())
        self.shares = np.maximum(variances[order], 0) / total if total > 0 else np.zeros(len(order))

    def __contains__(self, row: int) -> bool:
        return row in self._place

    def nearest(self, row: int, among: Sequence[int], n: int = 1) -> list[tuple[int, float]]:
        """Return the n nearest clips with their distances, chosen among other measured rows."""
        others = [other for other in among if other != row and other in self._place]
        if row not in self._place or not others:
            return []
        point = self.points[self._place[row]]
        distances = np.linalg.norm(self.points[[self._place[other] for other in others]] - point, axis=1)
        best = np.argsort(distances, kind="stable")[:n]
        return [(others[at], float(distances[at])) for at in best]

    def closest_pairs(self, first: Sequence[int], second: Sequence[int], n: int) -> list[tuple[int, int, float]]:
        """Return the n closest pairs of rows, one of each group, with distances, and each of `first` at most once."""
        ours = [row for row in first if row in self._place]
        theirs = [row for row in second if row in self._place]
        if not ours or not theirs:
            return []
        a, b = (self.points[[self._place[row] for row in rows]] for rows in (ours, theirs))
        best_at, best = np.empty(len(a), np.int64), np.empty(len(a))
        squares = np.square(b).sum(axis=1)
        for start in range(0, len(a), _AT_A_TIME):
            block = a[start : start + _AT_A_TIME]
            distances = squares - 2 * block @ b.T + np.square(block).sum(axis=1)[:, None]
            best_at[start : start + len(block)] = distances.argmin(axis=1)
            best[start : start + len(block)] = distances.min(axis=1)
        order = np.argsort(best, kind="stable")[:n]
        return [(ours[at], theirs[best_at[at]], float(np.sqrt(max(0.0, best[at])))) for at in order]
