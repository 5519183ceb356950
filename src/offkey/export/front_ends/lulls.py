"""Lulls in a graph; see `offkey.features.lulls`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offkey.export.front_ends.steps import concat, ranked, rows, scaled, section
from offkey.features.lulls import CELL, WEAK, WINDOWS, group_members
from offkey.graph import Builder

__all__ = ["lulls"]


def lulls(b: Builder, levels: str, n_bands: int, n_frames: int, groups: Sequence[int]) -> str:
    """Add how far the loudest moment of a window lies below what it usually is.

    `levels`: shape (batch, n_bands, n_frames).
    `groups`: groups of bands that are kept.
    Returns: shape (batch, n_windows * n_groups).
    """
    within = b.weight(group_members(n_bands)[list(groups)])
    power = b("MatMul", within, b("Exp", scaled(b, levels, np.log(10) / 10)))
    cells, length = max(1, n_frames // CELL), min(CELL, n_frames)
    apart = b("Reshape", section(b, power, 0, cells * length, 2), b.weight([0, 0, cells, length]))
    moments = b("ReduceSum", apart, b.weight([3]), keepdims=0)
    maxima, count, reached = scaled(b, b("Log", moments), 10 / np.log(10)), cells, 1
    drops = []
    for window in (2, *WINDOWS):  # the union of two of the next shorter ones
        step, reached = window - reached, window
        if count - step > 0:
            maxima = b("Max", section(b, maxima, 0, count - step, 2), section(b, maxima, step, count, 2))
        count = max(0, count - step)
        if window in WINDOWS:
            drops.append(_drop(b, maxima, count))
    return b("Flatten", concat(b, drops, 1), axis=1)


def _drop(b: Builder, maxima: str, count: int) -> str:
    """Add median minus low quantile, shape (batch, 1, n_groups); 0 where there is but one number or none."""
    if count < 2:
        return b("Transpose", scaled(b, section(b, maxima, 0, 1, 2), 0), perm=[0, 2, 1])
    order = ranked(b, maxima, count // 2 + 1, largest=False)
    drop = b("Sub", rows(b, order, [count // 2], 2), rows(b, order, [int(WEAK * count)], 2))
    return b("Transpose", drop, perm=[0, 2, 1])
