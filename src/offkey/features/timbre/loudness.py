"""Loudness level: the A-weighted level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["a_weighted_level"]

_POLES_HZ = (20.598997, 107.65265, 737.86223, 12194.217)
_AT_1_KHZ_DB = 2.0
_TINY = 1e-20


def a_weighted_level(hz: NDArray[np.float64], power: NDArray[np.float64]) -> float:
    """Return the A-weighted level in dB, 0 for the mean square of a full-scale square wave.

    The weighting is that of IEC 61672-1:2013, annex E; the level is of the whole clip (LAeq), not the loudness of
    ISO 532-1, which would need sound calibrated to pascals.

    `hz`, `power`: shape (n_bins,); centre of each bin, and its power.
    """
    f1, f2, f3, f4 = (pole**2 for pole in _POLES_HZ)
    square = hz**2
    gain = f4 * square**2 / ((square + f1) * np.sqrt((square + f2) * (square + f3)) * (square + f4))
    return float(10 * np.log10((gain**2 * power).sum() + _TINY) + _AT_1_KHZ_DB)
