"""Sharpness: how much of the loudness lies high."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.features.timbre.spectra import bark

__all__ = ["sharpness"]

_EXPONENT = 0.23
_KNEE_BARK = 15.8


def sharpness(hz: NDArray[np.float64], power: NDArray[np.float64]) -> float:
    """Return the sharpness, in acum if the sound were calibrated and its bands did not mask each other.

    ``0.11 * sum(N' g z) / sum(N')`` with the weighting g of DIN 45692:2009. The specific loudness N' is
    simplified to the power of each Bark to the exponent 0.23 (H. Fastl & E. Zwicker, "Psychoacoustics", 3rd ed., 2007,
    eq. 8.7, far above the threshold of hearing), without masking slopes.

    `hz`, `power`: shape (n_bins,); centre of each bin, and its power.
    """
    place = bark(hz).astype(int)  # bands of one Bark, from 0
    specific = np.bincount(place, weights=power) ** _EXPONENT
    centre = np.arange(len(specific)) + 0.5
    weight = np.where(centre > _KNEE_BARK, 0.15 * np.exp(0.42 * (centre - _KNEE_BARK)) + 0.85, 1.0)
    return float(0.11 * (specific * weight * centre).sum() / specific.sum())
