"""Roughness: how deep a sound is modulated, too fast to be followed and too slowly to be a tone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["roughness"]

_LOW_HZ, _HIGH_HZ = 15.0, 300.0
_ROUGHEST_HZ = 70.0


def roughness(envelopes: NDArray[np.float64], rate: float) -> float:
    """Return the mean over bands of the squared modulation depth between 15 and 300 Hz, weighted round 70 Hz.

    After P. Daniel & R. Weber, "Psychoacoustical roughness: implementation of an optimized model", Acustica 83,
    1997: a generalised modulation depth in each critical band, weighted by modulation frequency, squared and
    summed. Left out are its weighting by carrier frequency, the correlation of neighbouring bands, and the
    calibration in asper; and one bandpass, ``2 x / (1 + x^2)`` with x = f / 70 Hz, serves all bands.

    `envelopes`: shape (n_bands, n_frames); power of each band.
    `rate`: frames a second.
    """
    from scipy.fft import rfft

    amplitude = np.sqrt(envelopes)
    n = amplitude.shape[1]
    hz = np.arange(n // 2 + 1) * rate / n
    ratio = hz / _ROUGHEST_HZ
    weight = np.where((hz >= _LOW_HZ) & (hz <= _HIGH_HZ), 2 * ratio / (1 + ratio**2), 0.0)
    mean = amplitude.mean(axis=1, keepdims=True)
    spectra = np.abs(rfft(amplitude / mean, axis=1)) * weight / n
    return float((2 * spectra**2).sum(axis=1).mean())
