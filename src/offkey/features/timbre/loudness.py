"""Loudness level: the A-weighted level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.features.levels.weighting import a_weighting

__all__ = ["a_weighted_level"]

_TINY = 1e-20


def a_weighted_level(hz: NDArray[np.float64], power: NDArray[np.float64]) -> float:
    """Return the A-weighted level in dB, 0 for the mean square of a full-scale square wave.

    The level is of the whole clip (LAeq), by `a_weighting`; it is not the loudness of ISO 532-1, which would need
    sound calibrated to pascals.

    `hz`, `power`: shape (n_bins,); centre of each bin, and its power.
    """
    return float(10 * np.log10((a_weighting(hz) ** 2 * power).sum() + _TINY))
