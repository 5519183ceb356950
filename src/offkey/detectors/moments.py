"""Moments: how many clips there were, where they lie and how they scatter, without the clips."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.errors import ParameterError

__all__ = ["Moments"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """The first two moments of some clips, and of the higher ones what the shrinkage of a covariance asks for.

    With y for a clip's features minus their mean, the sums over clips of products ``y_j y_k``, ``y_j² y_k`` and
    ``y_j² y_k²``. Of two sets of clips they give those of both together, exactly but for rounding: T. Chan, G. Golub
    & R. LeVeque, "Algorithms for computing the sample variance", Am. Statistician 37, 1983, eq. 2.1; for higher
    moments P. Pébay, "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order
    statistical moments", Sandia report SAND2008-6212, 2008. The same turned round takes clips away again.

    `scatter`, `third`, `fourth`: shape (n_features, n_features); the sums; j is the row, k the column.
    """

    count: int
    mean: Floats  # shape (n_features,); their mean
    scatter: Floats
    third: Floats
    fourth: Floats

    @classmethod
    def of(cls, X: NDArray[Any]) -> Moments:
        """Return the moments of clips, shape (n_clips, n_features), at least one."""
        array = np.asarray(X, dtype=np.float64)
        mean = array.mean(axis=0)
        centred = array - mean
        squares = centred**2
        return cls(len(array), mean, centred.T @ centred, squares.T @ centred, squares.T @ squares)

    @staticmethod
    def merged(several: Iterable[Moments]) -> Moments:
        """Return the moments of all clips together; the order changes the last digits."""
        return reduce(Moments.plus, several)

    @property
    def variance(self) -> Floats:
        """Variance of each feature, shape (n_features,)."""
        return np.maximum(np.diagonal(self.scatter), 0) / self.count

    def plus(self, other: Moments) -> Moments:
        """Return the moments of these clips and other ones."""
        count = self.count + other.count
        mean = self.mean + (other.mean - self.mean) * (other.count / count)
        sums = [a + b for a, b in zip(self._about(mean), other._about(mean), strict=True)]
        return Moments(count, mean, *sums)

    def minus(self, part: Moments) -> Moments:
        """Return the moments of these clips without some of them."""
        count = self.count - part.count
        if count < 1:
            raise ParameterError(f"{part.count} of {self.count} clips cannot be taken away: one at least must be left.")
        mean = self.mean + (self.mean - part.mean) * (part.count / count)
        sums = [a - b for a, b in zip(self._about(mean), part._about(mean), strict=True)]
        return Moments(count, mean, *sums)

    def moved(self, by: Floats) -> Moments:
        """Return the moments of the clips plus a vector, shape (n_features,)."""
        return Moments(self.count, self.mean + by, self.scatter, self.third, self.fourth)

    def scaled(self, by: Floats) -> Moments:
        """Return the moments of the clips with each feature times a factor, shape (n_features,)."""
        square = by**2
        return Moments(
            self.count,
            self.mean * by,
            self.scatter * np.outer(by, by),
            self.third * np.outer(square, by),
            self.fourth * np.outer(square, square),
        )

    def _about(self, centre: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the sums about another point than the mean."""
        n, away = self.count, centre - self.mean
        squares, sums = away**2, np.diagonal(self.scatter)
        cross = self.third * away
        scatter = self.scatter + n * np.outer(away, away)
        third = self.third - np.outer(sums, away) - 2 * away[:, None] * self.scatter - n * np.outer(squares, away)
        mixed = np.outer(sums, squares)
        fourth = self.fourth - 2 * (cross + cross.T) + mixed + mixed.T + n * np.outer(squares, squares)
        return scatter, third, fourth + 4 * np.outer(away, away) * self.scatter
