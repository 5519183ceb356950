"""The join of several members: the unit of each stage, and the sum of the evidence of views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np

from offkey.detectors.base import Floats

__all__ = ["CYCLE", "MOVING", "STEADY", "Layout", "evidence", "responsibility", "scale", "standardised"]

STEADY = 0.85, 2.0
"""Probability that a fault shows in the steady view, and the standard deviations by which it rises."""
MOVING = 0.01, 3.0
"""The same of any other view but the cycle."""
CYCLE = 0.3, 2.0
"""The same of the cycle, which is a view only of machines whose strokes recur alike."""

_LEAST = 1e-9  # spread below which there is none


@dataclass(frozen=True)
class Layout:
    """The columns of a row: where the first block, other blocks and views lie."""

    pairs: tuple[slice, ...]  # of the first block, of the others that are no levels, and of the views
    n_others: int
    levels: slice  # of all blocks of levels
    cycle: slice  # of the cycle, empty where no column tells of it

    @property
    def first(self) -> slice:
        """The columns of the first block."""
        return self.pairs[0]

    @classmethod
    def of(cls, n_features: int, bands: int | None, levels: int, views: Sequence[int], cycle: int = 0) -> Self:
        """Return that of rows; where the columns before the views are no whole number of blocks, all are one.

        `cycle`: how many columns, the last, tell of the cycle.
        """
        if sum(views) + cycle >= n_features:
            views, cycle = (), 0
        before = n_features - sum(views) - cycle
        width = bands if bands is not None and before % bands == 0 else before
        n_levels = min(max(levels, 1), before // width)
        others = [slice(start, start + width) for start in range(n_levels * width, before, width)]
        ends = np.cumsum([before, *views]).tolist()
        behind = [slice(start, stop) for start, stop in pairwise(ends)]
        of_cycle = slice(n_features - cycle, n_features)
        return cls((slice(0, width), *others, *behind), len(others), slice(0, n_levels * width), of_cycle)


def scale(scores: Floats) -> Floats:
    """Return mean and standard deviation of each column, shape (2, n_columns)."""
    spread = scores.std(axis=0)
    return np.stack([scores.mean(axis=0), np.where(spread > _LEAST, spread, 1.0)])


def standardised(scores: Floats, units: Floats) -> Floats:
    """Return scores less the mean and over the standard deviation that `scale` returned."""
    standard: Floats = (scores - units[0]) / units[1]
    return standard


def evidence(views: Floats, expected: Floats) -> Floats:
    """Return the summed logarithms of likelihood ratios of a fault in each view; see `Fused`.

    `views`: shape (n_clips, n_views); standardised scores.
    `expected`: shape (2, n_views); probability w and rise L of a fault in each view.
    """
    share, rise = expected
    total: Floats = (np.logaddexp(np.log1p(-share), _fault(views, expected)) / rise).sum(axis=1)
    return total


def responsibility(views: Floats, expected: Floats) -> Floats:
    """Return the posterior probability that a fault shows in each view, which is the slope of `evidence`."""
    fault = _fault(views, expected)
    shares: Floats = np.exp(fault - np.logaddexp(np.log1p(-expected[0]), fault))
    return shares


def _fault(views: Floats, expected: Floats) -> Floats:
    share, rise = expected
    logs: Floats = np.log(share) + rise * views - rise**2 / 2
    return logs
