"""Fine spectrum: levels of narrow bands, for tones, their pitch and the speed of what turns."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from offkey.features.frames import cut_frames, windowed_spectra

__all__ = ["FINE_BANDS", "LEAST", "fine_edges_hz", "fine_spectrum", "segment_size"]

FINE_BANDS = 96
_LOWEST_HZ, _HIGHEST_HZ = 10.0, 4000.0
_SEGMENT_S = 0.512  # 8,192 samples at 16 kHz
LEAST = 1e-14  # power below which a band is silent


def fine_spectrum(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Return the level of each fine band less the mean level of all, in dB: the gain of a recording does not matter.

    The mean power spectrum of segments of 0.5 s that overlap by half, under a Hann window (P. Welch, "The use of fast
    Fourier transform for the estimation of power spectra", IEEE Transactions on Audio and Electroacoustics 15, 1967),
    summed within bands; a bin on the edge of two counts in both by its shares. A shorter sound is one segment.

    `samples`: shape (n,); one channel.
    Returns: shape (96,), see `fine_edges_hz`.
    """
    n = segment_size(len(samples), rate)
    spectra = windowed_spectra(cut_frames(samples, n, max(1, n // 2)))
    power = (spectra.real**2 + spectra.imag**2).mean(axis=0, dtype=np.float64) / n
    bins_hz = (np.arange(len(power) + 1) - 0.5) * rate / n
    below = np.interp(fine_edges_hz(rate), bins_hz, np.append(0.0, np.cumsum(power)))
    levels = 10 * np.log10(np.maximum(np.diff(below), LEAST))
    found: NDArray[np.float32] = (levels - levels.mean()).astype(np.float32)
    return found


def segment_size(n_samples: int, rate: int) -> int:
    """Return the number of samples of a segment: half a second of them, or all of a shorter sound."""
    return min(round(_SEGMENT_S * rate), n_samples)


@lru_cache(maxsize=8)
def fine_edges_hz(rate: int) -> NDArray[np.float64]:
    """Return where each fine band begins, and the end of the last: equally wide as logarithms, shape (97,)."""
    return np.geomspace(_LOWEST_HZ, min(_HIGHEST_HZ, rate / 2), FINE_BANDS + 1)
