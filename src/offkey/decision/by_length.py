"""Scores of clips that are shorter than those learnt, brought to what a clip of the usual length would score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offkey.errors import ParameterError

__all__ = ["ByLength", "mapped"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ByLength:
    """The scores of normal clips at several lengths.

    The features of a shorter clip scatter more, so that it scores higher, the shorter the more, however normal it is.
    Its score is therefore replaced by that of equal rank at the usual length (equipercentile equating: M. J. Kolen &
    R. L. Brennan, "Test Equating, Scaling, and Linking", 3rd ed., 2014, section 2.3). Its conformal p-value
    is then that among normal clips of its own length, and one threshold serves all lengths.

    `scores`: shape (n_shares, n_clips); Cross-validated scores of the same normal clips at each length, each row in
        ascending order.
    """

    shares: Floats  # shape (n_shares,); lengths as shares of the usual one, from 1 down
    scores: Floats

    def __post_init__(self) -> None:
        shares, scores = self.shares, self.scores
        if (
            np.ndim(shares) != 1
            or np.ndim(scores) != 2
            or len(shares) != len(scores)
            or len(shares) < 2
            or not scores.size
            or shares[0] != 1
            or not (np.isfinite(shares).all() and shares[-1] > 0 and (np.diff(shares) < 0).all())
            or not (np.isfinite(scores).all() and (np.diff(scores, axis=1) >= 0).all())
        ):
            raise ParameterError("Scores by length must be a row of finite, ascending ones for each share from 1 down.")

    @classmethod
    def of(cls, shares: NDArray[np.float64], scores: NDArray[np.float64]) -> ByLength:
        """Return that of scores in any order, shape (n_shares, n_clips)."""
        return cls(np.asarray(shares, np.float64), np.sort(scores, axis=1))

    @property
    def least_share(self) -> float:
        """The shortest length of which it is known what normal clips score."""
        return float(self.shares[-1])

    def equated(self, scores: Floats, shares: Floats) -> Floats:
        """Return what clips of the usual length and equal rank would score.

        `scores`: shape (n,); scores of clips.
        `shares`: shape (n,); their lengths as shares of the usual one. From 1 on nothing changes; below `least_share`
            they are taken to be of that length.
        Returns: shape (n,).
        """
        equated, shorter = np.array(scores, np.float64), shares[shares < 1]
        for share in np.unique(shorter) if len(shorter) else ():
            of_share = shares == share
            equated[of_share] = mapped(equated[of_share], self._at(float(share)), self.scores[0])
        return equated

    def _at(self, share: float) -> Floats:
        """Return what normal clips of any length score, rank by rank between the nearest lengths known."""
        at = np.clip(np.log2(share), np.log2(self.least_share), 0)
        ladder = np.log2(self.shares[::-1])
        upper = int(np.clip(np.searchsorted(ladder, at), 1, len(ladder) - 1))
        weight = (at - ladder[upper - 1]) / (ladder[upper] - ladder[upper - 1])
        rows = self.scores[::-1]
        between: Floats = (1 - weight) * rows[upper - 1] + weight * rows[upper]
        return between


def mapped(scores: Floats, from_: Floats, to: Floats) -> Floats:
    """Map scores rank by rank from one ascending sample to another; beyond its ends by the ratio of the spreads."""
    mapped: Floats = np.interp(scores, from_, to)
    spread, wanted = float(from_[-1] - from_[0]), float(to[-1] - to[0])
    ratio = wanted / spread if spread > 0 else 1.0
    above, below = scores > from_[-1], scores < from_[0]
    mapped[above] = to[-1] + ratio * (scores[above] - from_[-1])
    mapped[below] = to[0] + ratio * (scores[below] - from_[0])
    return mapped
