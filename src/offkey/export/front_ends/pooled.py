"""Frames to one vector: normalised, and pooled over time."""

from __future__ import annotations

from collections.abc import Sequence

from offkey.export.front_ends.sound import Sound
from offkey.export.front_ends.steps import concat, mean, ranked, rows, scaled, section
from offkey.features.base import Pooled
from offkey.features.frames import frame_sizes, n_frames
from offkey.features.pooling import rank_weights
from offkey.graph import Builder

__all__ = ["normalised", "pool"]


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
    """Add the blocks of ranking pooling, shape (batch, n_weights, n_bands); nothing is ranked for a mean alone."""
    if tuple(front_end.pooling) == (1,):
        return _row(b, mean(b, levels, [2]))
    of_frames = None
    if front_end.clip_s is not None:
        of_frames = n_frames(max(round(front_end.clip_s * sound.rate), frame_sizes(sound.rate)[0]), sound.rate)
    weights = rank_weights(tuple(front_end.pooling), sound.n_frames, of_frames)
    order = ranked(b, levels, sound.n_frames, largest=False)
    return _row(b, b("MatMul", order, b.weight(weights.T)))


def _change(b: Builder, levels: str, count: int) -> str:
    """Add the mean absolute difference from one frame to the next, shape (batch, n_bands, 1)."""
    if count == 1:
        return scaled(b, levels, 0)
    moves = b("Sub", section(b, levels, 1, count, 2), section(b, levels, 0, count - 1, 2))
    return mean(b, b("Abs", moves), [2])


def _row(b: Builder, column: str) -> str:
    """Add (batch, n_bands, n) as (batch, n, n_bands)."""
    return b("Transpose", column, perm=[0, 2, 1])
