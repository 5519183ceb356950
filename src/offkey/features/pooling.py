"""Frames to one vector: pooling over time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["pool", "rank_weights"]


def pool(
    frames: NDArray[np.float32],
    pooling: Sequence[float],
    *,
    deviation: bool = False,
    change: bool = False,
    of_frames: int | None = None,
) -> NDArray[np.float32]:
    """Pool each band over time by generalised weighted ranking, for several weights from one sort.

    The frames of a band are sorted from high to low and averaged with weights r^i: r = 1 is the mean,
    r = 0 the maximum, and between them the loud moments count more than the quiet ones (J. Guan et
    al., "Time-weighted frequency domain audio representation with GMM estimator for anomalous sound
    detection", ICASSP 2023, eq. 2 to 4). Above 1 the quiet moments count more, in which a machine that runs steadily
    stands out of noise that comes and goes.

    A weight that belongs to a rank means another share of the frames in a clip of another length. With
    `of_frames` the weights belong to shares instead: those of a clip of so many frames, each spread evenly over its
    share of the ranks (the weights of an L-statistic, J(i / n): H. A. David & H. N. Nagaraja, "Order Statistics",
    3rd ed., 2003, section 11.4). A clip of just so many frames is pooled as before.

    `frames`: shape (n_bands, n_frames); a number per band and frame.
    `pooling`: the weights r, each from 0 to 2.
    `change`: whether to add a row with the mean absolute difference from one frame to the next, which tells a quick
        rattle from a slow swell of the same deviation; 0 for a single frame.
    `of_frames`: number of frames of the clip whose weights are taken; None for those of this one.
    Returns: shape (len(pooling) + deviation + change, n_bands); the rows in this order.
    """
    ranked = np.sort(frames, axis=1)  # from low to high, and so are the weights
    rows = [rank_weights(tuple(pooling), frames.shape[1], of_frames) @ ranked.T]
    if deviation:
        centred = frames - frames.mean(axis=1, keepdims=True)
        rows.append(np.sqrt(np.einsum("bf,bf->b", centred, centred) / np.float32(frames.shape[1]))[None])
    if change:
        steps = max(1, frames.shape[1] - 1)
        moves = frames[:, 1:] - frames[:, :-1]
        rows.append(np.abs(moves, out=moves).sum(axis=1)[None] / np.float32(steps))
    pooled: NDArray[np.float32] = np.concatenate(rows)
    return pooled


@lru_cache(maxsize=64)
def rank_weights(pooling: tuple[float, ...], n_frames: int, of_frames: int | None) -> NDArray[np.float32]:
    """Return the weight of each rank, lowest first, shape (len(pooling), n_frames); each row sums to 1."""
    rank = np.arange(of_frames or n_frames)[::-1]
    ranks = [(float(r), rank) if r <= 1 else (1 / float(r), rank[::-1]) for r in pooling]  # none grows without bound
    weights = np.array([np.power(r, of) for r, of in ranks])  # 0 ** 0 is 1: only the highest counts
    weights /= weights.sum(axis=1, keepdims=True)
    if len(rank) != n_frames:
        reached = np.concatenate([np.zeros((len(weights), 1)), weights.cumsum(axis=1)], axis=1)
        shares, wanted = np.linspace(0, 1, len(rank) + 1), np.linspace(0, 1, n_frames + 1)
        weights = np.diff([np.interp(wanted, shares, row) for row in reached])
    return weights.astype(np.float32)
