"""Tonality: how far the strongest tone stands out of the noise around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["critical_bandwidth_hz", "tonality", "tone_to_noise"]

_LOWEST_HZ, _HIGHEST_HZ = 89.1, 11_220.0
_SIDE = 2  # bins on either side of a peak that a Hann window fills
_WIDE = 0.1  # share of the critical band, on either side, that a tone may fill
_SHARE = 0.9
_NO_TONE_DB = -40.0


def critical_bandwidth_hz(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the width of the critical band round each frequency (ECMA-74, annex D: 25 + 75 (1 + 1.4 f²)^0.69)."""
    width: NDArray[np.float64] = 25 + 75 * (1 + 1.4 * (hz / 1000) ** 2) ** 0.69
    return width


def tonality(hz: NDArray[np.float64], power: NDArray[np.float64]) -> float:
    """Return the highest tone-to-noise ratio of each window, in dB; its 90th percentile over the windows.

    `hz`: shape (n_bins,); centre of each bin.
    `power`: shape (n_windows, n_bins); power of each bin in windows of 0.25 s.
    """
    highest = [float(tone_to_noise(hz, window)[1].max(initial=_NO_TONE_DB)) for window in power]
    return float(np.quantile(highest, _SHARE))


def tone_to_noise(hz: NDArray[np.float64], power: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the peaks of a spectrum, and the tone-to-noise ratio of each.

    After ECMA-418-1 (formerly ECMA-74, annex D.7): power of the peak without the noise under it, over the power of
    the rest of the critical band round it. Simplified: every local maximum counts as a tone of five bins, or of a
    fifth of its band if that is more, whatever other tones are in the band, and audibility is not asked for.

    `hz`, `power`: shape (n_bins,); centre of each bin, and its power.
    Returns `peaks`: shape (n_peaks,); bins of the local maxima from 89.1 to 11,220 Hz.
    Returns `ratio_db`: shape (n_peaks,); -40 or more.
    """
    inside = (hz[1:-1] > _LOWEST_HZ) & (hz[1:-1] < _HIGHEST_HZ)
    peaks = np.flatnonzero((power[1:-1] > power[:-2]) & (power[1:-1] >= power[2:]) & inside) + 1
    total = np.concatenate([[0.0], np.cumsum(power)])
    half = critical_bandwidth_hz(hz[peaks]) / 2
    low = np.searchsorted(hz, hz[peaks] - half)
    high = np.searchsorted(hz, hz[peaks] + half, side="right")
    side = np.maximum(_SIDE, (_WIDE * 2 * half / max(hz[1] - hz[0], 1e-9)).astype(int))
    first, last = np.maximum(peaks - side, low), np.minimum(peaks + side + 1, high)
    in_peak = total[last] - total[first]
    noise = np.maximum(total[high] - total[low] - in_peak, 0)
    bins_beside = (high - low) - (last - first)
    level = noise / np.maximum(bins_beside, 1)
    tone = np.maximum(in_peak - level * (last - first), 0)
    whole_noise = level * (high - low) + 1e-20
    return peaks, np.maximum(10 * np.log10(tone / whole_noise + 1e-20), _NO_TONE_DB)
