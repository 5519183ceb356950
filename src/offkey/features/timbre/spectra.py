"""Power spectra that are fine enough to separate tones from noise, and the Bark scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.features.frames import cut_frames, hann, windowed_spectra

__all__ = ["FINE_S", "bark", "fine_spectra"]

FINE_S = 0.25
"""Length of a window in seconds, which gives bins of 4 Hz; a window starts every half of it."""

_TINY = 1e-20


def fine_spectra(
    samples: NDArray[np.float32], rate: int, window_s: float = FINE_S
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the power in each bin, of 4 Hz in windows of 0.25 s.

    `samples`: shape (n,); one channel; a sound shorter than a window is one window.
    `window_s`: length of a window in seconds; a bin is as wide as its inverse.
    Returns `hz`: shape (n_bins,); centre of each bin.
    Returns `power`: shape (n_windows, n_bins); their sum over the bins is the mean square of the sound, never 0.
    """
    n = min(round(window_s * rate), len(samples))
    spectra = np.abs(windowed_spectra(cut_frames(samples, n, max(1, n // 2)))).astype(np.float64)
    power = 2 * spectra**2 / (n * float((hann(n).astype(np.float64) ** 2).sum()))
    return np.arange(power.shape[1]) * rate / n, power + _TINY


def bark(hz: ArrayLike) -> NDArray[np.float64]:
    """Return frequencies on the Bark scale (E. Zwicker & E. Terhardt, J. Acoust. Soc. Am. 68, 1980, eq. 1)."""
    khz = np.asarray(hz, float) / 1000
    scale: NDArray[np.float64] = 13 * np.arctan(0.76 * khz) + 3.5 * np.arctan((khz / 7.5) ** 2)
    return scale
