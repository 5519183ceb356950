"""The slow path: wear, found in means of blocks by an e-process whatever windows depend on each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.errors import ParameterError

__all__ = ["LEAST_BLOCKS", "Blocks", "SlowPath", "block_means"]

LEAST_BLOCKS = 20
"""Normal blocks below which nothing is promised."""

_CLOSING = 3  # blocks in a row as normal ones are, with which a lasting change is over
_USUAL = 0.5  # p-value from which on a block is as normal ones are
_MOST = 1e9  # times the evidence of an alarm, beyond which no more is added up


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


class SlowPath:
    """Alarms of lasting changes, block by block.

    The Shiryaev-Roberts e-detector ``R = (1 + R) e`` with an alarm at ``R >= A``: as long as each ``e`` has a mean of
    at most 1 given the past, the mean time to a false alarm is at least A blocks, whatever depends on what (J. Shin,
    A. Ramdas & A. Rinaldo, "E-detectors: a nonparametric framework for sequential change detection", New England J.
    Stat. Data Sci. 2(2), 2024, section 3). ``e = 0.5 / sqrt(p)`` of a conformal p-value (V. Vovk & R. Wang, "E-values:
    calibration, combination and applications", Ann. Statist. 49(3), 2021, with kappa = 0.5).

    `mean_blocks`: A, the blocks after which a false alarm comes at the earliest, on average.
    """

    def __init__(self, mean_blocks: float) -> None:
        if not mean_blocks > 1:
            raise ParameterError(f"False alarms must lie more than one block apart. Got {mean_blocks!r} instead.")
        self._alarm_at = mean_blocks
        self._evidence = 0.0
        self._usual = 0
        self.alarmed = False

    @property
    def is_usual(self) -> bool:
        """Whether the newest block of an alarm was as normal ones are."""
        return self._usual > 0

    @property
    def strength(self) -> float:
        """The evidence so far, over that with which an alarm begins; above 0."""
        return self._evidence / self._alarm_at

    def resume(self) -> None:
        """Go on in an alarm that began before."""
        self.alarmed, self._evidence = True, self._alarm_at

    def feed(self, p_value: float) -> bool:
        """Take the p-value of the next block, NaN for one without scores; return whether an alarm begins with it."""
        if not np.isfinite(p_value):
            return False
        self._evidence = min((1 + self._evidence) * 0.5 / p_value**0.5, _MOST * self._alarm_at)
        if self.alarmed:
            self._usual = self._usual + 1 if p_value >= _USUAL else 0
            if self._usual >= _CLOSING:
                self.alarmed, self._usual, self._evidence = False, 0, 0.0
            return False
        self.alarmed = self._evidence >= self._alarm_at
        return self.alarmed

    def alarms(self, p_values: ArrayLike) -> list[int]:
        """Take the p-values of many blocks; return the numbers of those with which an alarm begins."""
        return [number for number, p in enumerate(np.asarray(p_values).tolist()) if self.feed(p)]
