"""Dynamics: how quickly the level in groups of bands rises, peaks and dips, and how it swings at each rate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.features.lulls import group_members
from offkey.features.modulation import SWINGS, modulation

__all__ = ["HIGH", "MEASURES", "RARE", "RISES", "dynamics"]

RISES = 3  # greatest rises whose mean is taken: one or two could be chance
RARE, HIGH = 0.99, 0.9  # quantiles of rises; and of levels, the second alone

MEASURES = ("rise_max", "rise_p99", "rise_p90", "peak", "dip", *SWINGS)
"""Names of the measures of each group, in the order of the rows of `dynamics`."""


def dynamics(frames: NDArray[np.float32], frame_rate_hz: float, groups: list[int] | None = None) -> NDArray[np.float32]:
    """Return how the level of each group of bands moves within a clip.

    Of the rises from one frame to the next, the mean of the three greatest and two quantiles, which a click or a
    knock lifts; the maximum of the level above its 90 % quantile and the minimum below its 10 % quantile, the one for
    a burst, the other for a dropout; and the power with which the level swings, in eight ranges of rates from 0.4 to
    15.6 Hz (see `offkey.features.modulation`). The gain of a recording matters to none of it. An earlier form of what
    `offkey.features.transients` and `offkey.features.modulation` tell in fewer numbers, and find more by.

    `frames`: shape (n_bands, n_frames); levels in dB.
    `frame_rate_hz`: frames a second.
    `groups`: which groups of bands to give, of those between `group_edges`; all by default.
    Returns: shape (len(MEASURES), n_groups).
    """
    within = group_members(len(frames))
    levels = (within if groups is None else within[groups]) @ frames
    n = levels.shape[1]
    rises = np.sort(np.diff(levels, axis=1), axis=1) if n > 1 else np.zeros((len(levels), 1), np.float32)
    ranked = np.sort(levels, axis=1)
    moments = (
        rises[:, -RISES:].mean(axis=1),
        _quantile(rises, RARE),
        _quantile(rises, HIGH),
        ranked[:, -1] - _quantile(ranked, HIGH),
        ranked[:, 0] - _quantile(ranked, 1 - HIGH),
    )
    found: NDArray[np.float32] = np.concatenate([np.stack(moments), modulation(levels, frame_rate_hz, n_fft=n)]).astype(
        np.float32
    )
    return found


def _quantile(ranked: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """Return a quantile of sorted rows."""
    quantile: NDArray[np.float32] = ranked[:, round(share * (ranked.shape[1] - 1))]
    return quantile
