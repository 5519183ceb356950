"""Means of blocks of windows, and what is unusual beside those of normal sound."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.errors import ParameterError

__all__ = ["LEAST_BLOCKS", "Blocks", "block_means"]

LEAST_BLOCKS = 20
"""Normal blocks below which nothing is promised."""


def block_means(values: ArrayLike, length: int) -> NDArray[np.float64]:
    """Return the mean of each whole block of windows.

    `values`: shape (n_windows,); NaN where a window has no score.
    `length`: windows per block.
    Returns: shape (n_windows // length,); NaN for a block of which less than half has scores.
    """
    series = np.asarray(values, np.float64)
    blocks = series[: len(series) // length * length].reshape(-1, length)
    known = np.isfinite(blocks)
    sums, counts = np.where(known, blocks, 0.0).sum(axis=1), known.sum(axis=1)
    return np.where(2 * counts >= length, sums / np.maximum(counts, 1), np.nan)


class Blocks:
    """The means of normal blocks, and what is unusual beside them.

    `means`: shape (n_blocks,); NaN is left out; at least `LEAST_BLOCKS` must be left.
    """

    def __init__(self, means: ArrayLike) -> None:
        known = np.asarray(means, np.float64)
        self.means = np.sort(known[np.isfinite(known)])
        if len(self.means) < LEAST_BLOCKS:
            raise ParameterError(
                f"Nothing can be promised of lasting changes from fewer than {LEAST_BLOCKS} blocks of normal sound. "
                f"Got {len(self.means)}: listen for longer."
            )

    def p_values(self, means: ArrayLike) -> NDArray[np.float64]:
        """Return the share of normal blocks at least as high as each new one, which counts with them; NaN for NaN."""
        new = np.asarray(means, np.float64)
        below = np.searchsorted(self.means, new, side="left")
        return np.where(np.isfinite(new), (1 + len(self.means) - below) / (1 + len(self.means)), np.nan)

    def own_p_values(self) -> NDArray[np.float64]:
        """Return the p-values of the blocks themselves, each beside the others, in ascending order of the means."""
        below = np.searchsorted(self.means, self.means, side="left")
        return np.asarray((len(self.means) - below) / len(self.means))
