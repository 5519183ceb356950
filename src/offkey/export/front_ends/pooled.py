"""Frames to one vector: normalised, and pooled over time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offkey.export.front_ends.sound import Sound
from offkey.export.front_ends.steps import concat, mean, ranked, rows, scaled, section
from offkey.features.base import Pooled
from offkey.features.frames import frame_sizes, n_frames
from offkey.features.pooling import rank_weights
from offkey.graph import Builder

__all__ = ["normalised", "pool"]

_LEAST = 1e-10  # weight of a rank below which it does not count, beside a sum of 1


def normalised(b: Builder, levels: str, normalisation: str) -> str:
    """Add levels of which a part does not count; see `offkey.features.normalisation.normalise_frames`.

    `levels`: shape (batch, n_bands, n_frames).
    """
    axes = {"clip-level": [1, 2], "per-band": [2]}.get(normalisation)
    return levels if axes is None else b("Sub", levels, mean(b, levels, axes))


def pool(b: Builder, front_end: Pooled, levels: str, sound: Sound, kept: Sequence[int] | None) -> str:
    """Add what frames come to, named "pooled"; see `offkey.features.pooling.pool`.

    `levels`: shape (batch, n_bands, n_frames); normalised.
    `kept`: bands that are kept, in ascending order; None for all.
    Returns: shape (batch, n_blocks * n_kept).
    """
    if kept is not None:
        levels = rows(b, levels, kept, 1)
    blocks = [_by_rank(b, front_end, levels, sound)]
    if front_end.deviation:
        centred = b("Sub", levels, mean(b, levels, [2]))
        blocks.append(_row(b, b("Sqrt", mean(b, b("Mul", centred, centred), [2]))))
    if front_end.change:
        blocks.append(_row(b, _change(b, levels, sound.n_frames)))
    return b("Flatten", concat(b, blocks, 1), axis=1, name="pooled")


def _by_rank(b: Builder, front_end: Pooled, levels: str, sound: Sound) -> str:
    """Add the blocks of ranking pooling, shape (batch, n_weights, n_bands); nothing is ranked for a mean."""
    by_rank = [place for place, r in enumerate(front_end.pooling) if r != 1]
    means = [place for place, r in enumerate(front_end.pooling) if r == 1]
    blocks = [_row(b, mean(b, levels, [2]))] * len(means)
    if by_rank:
        of_frames = None
        if front_end.clip_s is not None:
            of_frames = n_frames(max(round(front_end.clip_s * sound.rate), frame_sizes(sound.rate)[0]), sound.rate)
        weights = rank_weights(tuple(front_end.pooling), sound.n_frames, of_frames)[by_rank]
        blocks.append(_row(b, _weighted(b, levels, weights)))
    order = np.argsort([*means, *by_rank]).tolist()
    found = concat(b, blocks, 1)
    return found if order == sorted(order) else rows(b, found, order, 1)


def _weighted(b: Builder, levels: str, weights: NDArray[np.float32]) -> str:
    """Add sums by rank, lowest first, shape (batch, n_bands, n_weights); only ranks that count are sought."""
    count = weights.shape[1]
    reached = np.flatnonzero((weights > _LEAST).any(axis=0))
    lowest, highest = int(reached[-1]) + 1, count - int(reached[0])
    if lowest <= highest:
        return b("MatMul", ranked(b, levels, lowest, largest=False), b.weight(weights[:, :lowest].T))
    return b("MatMul", ranked(b, levels, highest, largest=True), b.weight(weights[:, ::-1][:, :highest].T))


def _change(b: Builder, levels: str, count: int) -> str:
    """Add the mean absolute difference from one frame to the next, shape (batch, n_bands, 1)."""
    if count == 1:
        return scaled(b, levels, 0)
    moves = b("Sub", section(b, levels, 1, count, 2), section(b, levels, 0, count - 1, 2))
    return mean(b, b("Abs", moves), [2])


def _row(b: Builder, column: str) -> str:
    """Add (batch, n_bands, n) as (batch, n, n_bands)."""
    return b("Transpose", column, perm=[0, 2, 1])
