"""Levels: how loud a clip is, and how strong a fault is against it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offkey.synthetic.spans import Spans
from offkey.synthetic.spectrum import Samples, Spectrum, frequencies, inverse

__all__ = ["amplitude", "band_power", "gain_for_snr", "mean_power", "rms"]


def amplitude(level_db: float) -> np.float32:
    """Return the factor of amplitude that so many dB are."""
    return np.float32(10.0 ** (level_db / 20.0))


def rms(samples: Samples) -> float:
    """Return the root of the mean square."""
    return float(np.sqrt(np.mean(np.square(samples))))


def mean_power(samples: Samples, rate: int, spans: Sequence[tuple[float, float]] | None = None) -> float:
    """Return the mean square inside stretches of time, or over the whole clip where none are given."""
    if not spans:
        return rms(samples) ** 2
    pieces = [samples[max(0, round(start * rate)) : round(end * rate)] for start, end in spans]
    return rms(np.concatenate(pieces)) ** 2


def band_power(
    spectrum: Spectrum, n: int, rate: int, band: tuple[float, float], spans: Sequence[tuple[float, float]] | None = None
) -> float:
    """Return the mean square of a signal in a band of frequency (Hz), inside spans (seconds) or over all of it."""
    low, high = np.searchsorted(frequencies(n, rate), band)
    if not spans:
        inside = spectrum[low:high]
        return 2.0 * float(np.sum(np.square(inside.real) + np.square(inside.imag))) / n**2  # Parseval
    part = np.zeros_like(spectrum)
    part[low:high] = spectrum[low:high]
    return mean_power(inverse(part, n), rate, spans)


def gain_for_snr(fault: Samples, rate: int, spans: Spans, in_band: float, overall: float, snr_db: float) -> np.float32:
    """Return the factor that brings the sound of a fault to a chosen strength against a clip; 0 for silence.

    The strength `snr_db` is the ratio, in dB, of the fault's mean power during its spans to the mean power of the clip
    in the fault's band. `in_band` and `overall` are the mean squares of the clip in that band and in all; the band
    counts with at least a millionth of all, so that an empty band still has a level.
    """
    own = mean_power(fault, rate, spans)
    if own <= 0.0:
        return np.float32(0.0)
    return np.float32(np.sqrt(max(in_band, 1e-6 * overall) / own) * 10.0 ** (snr_db / 20.0))
