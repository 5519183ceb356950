"""The health index: how usual a machine has sounded over the last day, from 0 to 100."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from offkey.decision.events.blocks import LEAST_BLOCKS, Blocks

__all__ = ["HealthIndex"]

_USUAL, _HIGH = 0.5, 0.95  # quantiles of the normal blocks between which one distance lies
_WORST = 4.0  # distances above the median, with which a block counts as wrong as can be
_DAY_S = 86_400.0


class HealthIndex:
    """The mean of the clipped quantile distance of blocks over the last day, as an index of 100 for all usual.

    The distance of a block is its mean above the median of the normal blocks, over that of their 95 % quantile: normal
    ones lie below 1 but for one in twenty. It counts nothing up to 1 and in full from 4 on. No level follows from it.

    Parameters
    ----------
    normal : Blocks
        The normal blocks of the shadow.
    block_s : float
        Seconds of a block; where 20 blocks last longer than a day, the index is of the newest 20.
    """

    def __init__(self, normal: Blocks, block_s: float) -> None:
        self._usual, high = (float(end) for end in np.quantile(normal.means, [_USUAL, _HIGH]))
        self._unit = max(high - self._usual, np.finfo(float).tiny)
        self._blocks = deque[tuple[float, float]]()
        self._keep_s = max(_DAY_S, LEAST_BLOCKS * block_s)
        self._block_s = block_s

    def feed(self, at: float, mean: float) -> None:
        """Take the mean of a block.

        Parameters
        ----------
        at : float
            When it ended, in seconds.
        mean : float
            Of its surprises; NaN for a block that is not judged.
        """
        while self._blocks and self._blocks[0][0] <= at - self._keep_s:
            self._blocks.popleft()
        if math.isfinite(mean):
            self._blocks.append((at, (mean - self._usual) / self._unit))

    @property
    def value(self) -> float | None:
        """The index, from 0 to 100; None where fewer than 20 blocks were judged over the last day."""
        if len(self._blocks) < LEAST_BLOCKS:
            return None
        distances = np.array([distance for _, distance in self._blocks])
        return float(100 * (1 - np.clip((distances - 1) / (_WORST - 1), 0, 1).mean()))

    @property
    def shift(self) -> float | None:
        """The median distance over the last day, which is about 0 for a machine as it was; None as of `value`."""
        if len(self._blocks) < LEAST_BLOCKS:
            return None
        return float(np.median([distance for _, distance in self._blocks]))

    @property
    def days(self) -> float:
        """Days of sound that it is of."""
        return len(self._blocks) * self._block_s / _DAY_S
