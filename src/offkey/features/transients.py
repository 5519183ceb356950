"""Transients: clicks, dips and knocks, by which a sound departs from itself for a moment."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from offkey.features.lulls import group_edges, group_members

__all__ = [
    "CLICKS",
    "DIPS",
    "EITHER_SIDE",
    "GREATEST_CLICKS",
    "GREATEST_KNOCKS",
    "LEAST_DIPS",
    "LOW",
    "QUARTERS",
    "QUIETEST",
    "STRETCH",
    "block_size",
    "click_levels",
    "clicks",
    "dip_levels",
    "dip_weights",
    "dips",
    "knock_levels",
    "knocks",
]

_BLOCK_S = 0.004  # time over which the power of a click is taken
EITHER_SIDE = 2  # blocks from a click to those that it must stand out of: the next ones still hold its end
QUIETEST = 1e-12  # power per sample below which a block is silent
GREATEST_CLICKS = 3  # greatest clicks whose mean is taken: one or two could be chance
LEAST_DIPS, LOW = 3, 0.1  # least levels whose mean is taken, and the quantile that they are measured from
STRETCH = 6  # frames within which a knock stands out, 0.2 s
GREATEST_KNOCKS = 10  # greatest knocks whose mean is taken

QUARTERS = 4
"""Parts of the bands whose dips are told by themselves."""
CLICKS = ("click_0db_octave", "click_6db_octave", "click_12db_octave", "click_mean")
"""Names of the numbers of `clicks`: by how much treble counts more than bass, and of the mean of the three levels."""
DIPS = ("dip", *(f"dip_quarter_{number + 1}" for number in range(QUARTERS)))
"""Names of the numbers of `dips`: of all bands, and of each quarter of them from the lowest."""


def clicks(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Return how far the three greatest clicks stand out of what is just before and after them, in dB.

    The power of blocks of 4 ms is taken of the sound, of its differences from sample to sample and of the differences
    of these, in which treble counts more by 6 and 12 dB an octave, since machines hum low and clicks are broad. The
    mean of the three levels is one that rises in all of them at once. A block counts for what it lies above the
    higher one of those two before and two after it (a peak-to-background ratio, as detectors of sharp transients use
    it: S. Godsill & P. Rayner, "Digital Audio Restoration", Springer 1998, section 5.2).

    `samples`: shape (n,); one channel, at least one frame of them.
    Returns: shape (4,), see `CLICKS`.
    """
    levels, _ = click_levels(samples, rate)
    rows, total = np.arange(len(levels)), np.zeros(len(levels), np.float32)
    for _ in range(GREATEST_CLICKS):  # quicker than to rank thousands of blocks
        greatest = levels.argmax(axis=1)
        total += levels[rows, greatest]
        levels[rows, greatest] = -np.inf
    return total / np.float32(GREATEST_CLICKS)


def block_size(rate: int) -> int:
    """Return the number of samples of a block, in which the power of a click is taken."""
    return max(2, round(_BLOCK_S * rate))


def click_levels(samples: NDArray[np.float32], rate: int) -> tuple[NDArray[np.float32], float]:
    """Return by how much each block stands out of its surroundings in dB, shape (4, n_blocks - 4), and its length in s.

    The first block that is told of is the third of the sound.
    """
    samples, length = samples.astype(np.float32, copy=False), block_size(rate)
    n = (len(samples) - 2) // length * length
    once = samples[1 : n + 2] - samples[: n + 1]
    levels = np.empty((len(CLICKS), n // length), np.float32)
    for level, signal in zip(levels, (samples[:n], once[:n], once[1:] - once[:-1]), strict=False):
        blocks = signal.reshape(-1, length)
        np.einsum("bk,bk->b", blocks, blocks, out=level)
    powers = levels[:-1]
    np.maximum(powers, np.float32(QUIETEST * length), out=powers)
    np.log10(powers, out=powers)
    powers *= 10
    powers.mean(axis=0, out=levels[-1])
    beside = np.maximum(levels[:, : -2 * EITHER_SIDE], levels[:, 2 * EITHER_SIDE :])
    return levels[:, EITHER_SIDE:-EITHER_SIDE] - beside, length / rate


def dips(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how far the three least levels lie below the usual low ones, the 10 % quantile, in dB: a dropout.

    `frames`: shape (n_bands, n_frames); levels in dB.
    Returns: shape (5,), see `DIPS`.
    """
    ranked = np.sort(dip_levels(frames), axis=1)
    low = ranked[:, round(LOW * (ranked.shape[1] - 1))]
    least: NDArray[np.float32] = ranked[:, :LEAST_DIPS].mean(axis=1) - low
    return least


def dip_levels(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean level of all groups of bands and of each quarter of them, shape (5, n_frames)."""
    return dip_weights(len(frames)) @ frames


@lru_cache(maxsize=8)
def dip_weights(n_bands: int) -> NDArray[np.float32]:
    """Return the weight of each band in the mean of all groups and of each quarter of them, shape (5, n_bands)."""
    groups = group_members(n_bands)
    parts = [groups, *np.array_split(groups, QUARTERS)]
    return np.stack([part.mean(axis=0) for part in parts])


def knocks(frames: NDArray[np.float32], groups: list[int] | None = None) -> NDArray[np.float32]:
    """Return how far bands rise above their mean of 0.2 s in their ten loudest moments, in groups of bands, in dB.

    A knock makes a few resonances ring, each in a band or two of the log-mel spectrogram, so the highest band of a
    group counts and not their mean.

    `frames`: shape (n_bands, n_frames); levels in dB.
    `groups`: which groups of bands to give, of those between `group_edges`; all by default.
    Returns: shape (n_groups,).
    """
    levels = knock_levels(frames)
    count = min(GREATEST_KNOCKS, levels.shape[1])
    found: NDArray[np.float32] = np.partition(levels, -count, axis=1)[:, -count:].mean(axis=1)
    return found if groups is None else found[groups]


def knock_levels(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return by how much the highest band of each group stands above its mean of 0.2 s, shape (n_groups, n_frames).

    Frames after the last whole stretch are measured from the mean of the last 0.2 s.
    """
    n_bands, n = frames.shape
    length = min(STRETCH, n)
    whole = n // length * length
    mean = sum(frames[:, place:whole:length] for place in range(length)) / np.float32(length)
    usual = np.repeat(mean, length, axis=1)
    if whole < n:
        last = frames[:, -length:].mean(axis=1, keepdims=True)
        usual = np.concatenate([usual, np.repeat(last, n - whole, axis=1)], axis=1)
    above = frames - usual
    edges = group_edges(n_bands)
    if n_bands % (len(edges) - 1):
        return np.stack([above[low:high].max(axis=0) for low, high in pairwise(edges)])
    groups = above.reshape(len(edges) - 1, -1, n)  # all of one size: quicker together
    highest = groups[:, 0].copy()
    for band in range(1, groups.shape[1]):
        np.maximum(highest, groups[:, band], out=highest)
    return highest
