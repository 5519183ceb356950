"""Envelopes of a sound in bands, fast enough for roughness and clicks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.features.frames import cut_frames, windowed_spectra
from offkey.features.timbre.spectra import bark

__all__ = ["band_envelopes"]

_WINDOW_S, _HOP_S = 0.008, 0.002
_LOWEST_HZ = 200.0  # below it a window of 8 ms cannot tell bands apart
_BANDS = 16
_TINY = 1e-12


def band_envelopes(samples: NDArray[np.float32], rate: int) -> tuple[NDArray[np.float64], float]:
    """Return the power in bands of about one Bark, every 2 ms, in windows of 8 ms.

    `samples`: shape (n,); one channel; at least one window.
    Returns `envelopes`: shape (n_bands, n_frames); power of up to 16 bands from 200 Hz to half the rate, more than 0.
    Returns `envelope_rate`: frames a second.
    """
    n, hop = max(8, round(_WINDOW_S * rate)), max(1, round(_HOP_S * rate))
    spectra = np.abs(windowed_spectra(cut_frames(samples, n, hop))) ** 2
    hz = np.arange(spectra.shape[1]) * rate / n
    edges = np.linspace(float(bark(_LOWEST_HZ)), float(bark(rate / 2)), _BANDS + 1)
    starts = np.unique(np.searchsorted(bark(hz), edges[:-1]))
    starts = starts[starts < len(hz)]
    powers = np.add.reduceat(spectra, starts, axis=1, dtype=np.float64)
    return powers.T + _TINY, rate / hop
