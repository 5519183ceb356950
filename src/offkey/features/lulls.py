"""Lulls: how much weaker the weak strokes of a clip are than its usual ones."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["CELL", "WEAK", "WINDOWS", "WINDOWS_FRAMES", "group_edges", "group_members", "lulls"]

_GROUPS = 16
CELL = 3  # frames whose mean power is one moment
WINDOWS = (
    4,
    6,
    8,
    11,
    16,
    23,
)  # cells, half an octave apart; each at most twice the one before, see `_running_maxima`
WEAK = 0.1  # share of the windows that may be weaker than what is taken for the weak ones

WINDOWS_FRAMES = tuple(CELL * window for window in WINDOWS)
"""Lengths of the windows in frames: 0.4 to 2.2 seconds."""


def lulls(frames: NDArray[np.float32], groups: list[int] | None = None) -> NDArray[np.float32]:
    """Return how far the loudest moment of a window lies below what it usually is, in groups of bands, in dB.

    Every window as long as the period of a machine's strokes holds a stroke, so the running maximum of
    the level hardly moves; where a stroke fails or is weak it drops, as long as the window is shorter than
    two periods. The windows are half an octave apart, so that some are so for any period between 0.4 and 2
    seconds, which need not be known. A lull is the median of the running maximum over the clip minus its 10 %
    quantile. The running maximum is the dilation of grey-scale morphology, and a scale of such filters a
    granulometry (P. Maragos, "Pattern spectrum and multiscale shape representation", IEEE Transactions on Pattern
    Analysis and Machine Intelligence 11, 1989); the gain of a recording does not matter to it.

    `frames`: shape (n_bands, n_frames); levels in dB.
    `groups`: which groups of bands to give, of those between `group_edges`; all by default.
    Returns: shape (n_windows, n_groups); 0 and more; 0 where a window is longer than the clip.
    """
    n_bands, n_frames = frames.shape
    within = group_members(n_bands)
    if groups is not None:
        within = within[groups]
    power = within @ np.exp(frames * np.float32(np.log(10) / 10))
    cells, length = max(1, n_frames // CELL), min(CELL, n_frames)
    moments = sum(power[:, k : k + cells * length : length] for k in range(length))
    levels = 10 * np.log10(moments)
    return np.stack([_drop(maxima) for maxima in _running_maxima(levels)])


@lru_cache(maxsize=8)
def group_edges(n_bands: int) -> list[int]:
    """Return where each group of adjacent bands starts, and the end of the last: 16 groups, or one per band."""
    return np.linspace(0, n_bands, min(_GROUPS, n_bands) + 1).round().astype(int).tolist()  # type: ignore[no-any-return]


@lru_cache(maxsize=8)
def group_members(n_bands: int) -> NDArray[np.float32]:
    """Return which bands are in which group, shape (n_groups, n_bands), as weights of a mean."""
    weights = np.zeros((len(group_edges(n_bands)) - 1, n_bands), np.float32)
    for group, (low, high) in enumerate(pairwise(group_edges(n_bands))):
        weights[group, low:high] = 1 / (high - low)
    return weights


def _running_maxima(levels: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Return the maximum over each window wholly inside the clip, for each length of window.

    A longer window is the union of two of the next shorter ones, so each length costs one pass.
    """
    found, maxima, reached = [], np.maximum(levels[:, :-1], levels[:, 1:]), 2
    for window in WINDOWS:
        step, reached = window - reached, window
        maxima = np.maximum(maxima[:, :-step], maxima[:, step:])
        found.append(maxima)
    return found


def _drop(maxima: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return median minus low quantile of each row; 0 where there is but one number in it or none."""
    n = maxima.shape[1]
    if n < 2:
        return np.zeros(len(maxima), np.float32)
    ranked = np.sort(maxima, axis=1)
    dropped: NDArray[np.float32] = ranked[:, n // 2] - ranked[:, int(WEAK * n)]
    return dropped
