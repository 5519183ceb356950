"""Impulsiveness: how much of a sound comes in short bursts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["impulsiveness"]

_SLOW_S = 0.25


def impulsiveness(envelopes: NDArray[np.float64], rate: float) -> float:
    """Return the mean over bands of the mean square of an envelope in units of its running mean, minus 1.

    That is the spectral kurtosis (J. Antoni, "The spectral kurtosis: a useful tool for characterising non-stationary
    signals", Mechanical Systems and Signal Processing 20, 2006) of bands instead of lines, and of what is
    faster than the running mean of 0.25 s: a stroke that swells is no impulse. 0 for a steady tone, at most 1 for
    noise, more for clicks.

    `envelopes`: shape (n_bands, n_frames); power of each band.
    `rate`: frames a second.
    """
    from scipy.ndimage import uniform_filter1d

    slow = uniform_filter1d(envelopes, max(1, round(_SLOW_S * rate)), axis=1)
    return float(((envelopes / slow) ** 2).mean() - 1)
