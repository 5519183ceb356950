"""The character of a part of a sound: a tone, clicks, a modulated or a steady noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.explain.phrases import hertz, listed
from offkey.features.timbre.spectra import fine_spectra
from offkey.features.timbre.tonality import critical_bandwidth_hz, tone_to_noise

__all__ = ["describe", "repetition"]

Samples = NDArray[np.float32]

_PROMINENT_DB = 8.0  # a prominent tone from 1 kHz on, ECMA-418-1
_AUDIBLE_DB = 3.0  # noise alone gives -5
_TONES = 3
_SAME = 0.04  # share of its frequency within which one tone is no other
_SHORT_S = 0.064  # a tone that wanders stays in one bin for so long
_CLICKS = 1.6  # mean square over squared mean, minus 1; for noise it is below 1
_PEAK = 10.0  # times the usual level: an onset
_FEWEST_CLICKS = 3
_SLOWEST_HZ, _FASTEST_HZ = 0.7, 200.0
_PERIODIC = 0.25
_OCTAVES = 0.5  # a band wider than this is called broad
_SMOOTH_S, _RATE_HZ = 0.002, 500


def describe(samples: Samples, rate: int, low_hz: float, high_hz: float) -> str:
    """Describe a part of a sound in a band: ``"a tone at 1.5 kHz"``, ``"broadband clicks, about 9 a second"``.

    Empty for less than a quarter of a second.
    """
    if len(samples) < rate / 4:
        return ""
    tones = _tones(samples, rate, low_hz, high_hz)
    if tones:
        return f"{'a tone' if len(tones) == 1 else 'tones'} at {listed([hertz(tone) for tone in tones])}"
    if _wandering(samples, rate, low_hz, high_hz):
        return "a tone that wanders"
    broad = np.log2(high_hz / max(low_hz, 20.0)) > _OCTAVES
    width = "broadband" if broad else "narrow-band"
    envelope, envelope_rate = _envelope(samples, rate, low_hz, high_hz)
    per_second, periodic = repetition(envelope, envelope_rate)
    if float((envelope**2).mean() / envelope.mean() ** 2) - 1 > _CLICKS and per_second is not None:
        return f"{width} clicks, {'about ' if periodic else 'irregular, some '}{_count(per_second)} a second"
    if periodic and per_second is not None:
        return f"{width} noise that pulses {_count(per_second)} times a second"
    return f"{width} noise"


def repetition(envelope: NDArray[np.float64], rate: float) -> tuple[float | None, bool]:
    """Return how many bursts a second an envelope of power has (None if too few), and whether they come regularly.

    Regular bursts are found by the autocorrelation of the envelope, after its slow changes are removed; of
    irregular ones the peaks are counted.
    """
    from scipy.ndimage import uniform_filter1d
    from scipy.signal import correlate, find_peaks

    root = np.sqrt(envelope)
    slow = uniform_filter1d(root, round(rate / _SLOWEST_HZ / 2))
    ripple = root - slow
    n = len(ripple)
    lags = correlate(ripple, ripple)[n - 1 :] / (np.arange(n, 0, -1) * ripple.var() + 1e-30)
    first, last = max(2, round(rate / _FASTEST_HZ)), min(n // 3, round(rate / _SLOWEST_HZ))
    peaks, _ = find_peaks(lags[: last + 1], height=_PERIODIC, prominence=_PERIODIC / 2)
    peaks = peaks[peaks >= first]
    if len(peaks):
        highest = lags[peaks].max()
        period = int(peaks[lags[peaks] > 0.7 * highest][0])  # not a multiple of it
        return rate / period, True
    onsets, _ = find_peaks(envelope, height=_PEAK * float(np.median(slow)) ** 2, distance=max(1, round(rate / 50)))
    return (len(onsets) * rate / n, False) if len(onsets) >= _FEWEST_CLICKS else (None, False)


def _tones(samples: Samples, rate: int, low_hz: float, high_hz: float) -> list[float]:
    """Return the strongest prominent tones in a band in Hz, low to high."""
    hz, power = fine_spectra(samples, rate)
    peaks, ratio_db = tone_to_noise(hz, power.mean(axis=0))
    inside = (hz[peaks] >= low_hz) & (hz[peaks] <= high_hz) & (ratio_db >= _PROMINENT_DB)
    apart: list[float] = []
    for tone in hz[peaks[inside][np.argsort(-ratio_db[inside])]].tolist():
        if len(apart) < _TONES and all(abs(tone / other - 1) > _SAME for other in apart):
            apart.append(tone)
    return sorted(apart)


def _wandering(samples: Samples, rate: int, low_hz: float, high_hz: float) -> bool:
    """Tell whether a tone, though not one that stays in its bin, stands out in the band in most short windows."""
    hz, powers = fine_spectra(samples, rate, _SHORT_S)
    near = critical_bandwidth_hz(np.array([low_hz, high_hz])) / 2
    highest = []
    for power in powers:
        peaks, ratio_db = tone_to_noise(hz, power)
        inside = (hz[peaks] >= low_hz - near[0]) & (hz[peaks] <= high_hz + near[1])
        highest.append(float(ratio_db[inside].max(initial=-np.inf)))
    return float(np.median(highest)) >= _AUDIBLE_DB


def _envelope(samples: Samples, rate: int, low_hz: float, high_hz: float) -> tuple[NDArray[np.float64], float]:
    """Return the power in a band, smoothed over 2 ms, about 500 times a second."""
    from scipy.ndimage import uniform_filter1d
    from scipy.signal import butter, sosfiltfilt

    low, high = max(low_hz, 20.0), min(high_hz, 0.49 * rate)
    sections = butter(4, (low, high), btype="bandpass", fs=rate, output="sos")
    power = sosfiltfilt(sections, samples.astype(np.float64)) ** 2
    step = max(1, rate // _RATE_HZ)
    return uniform_filter1d(power, max(1, round(2 * _SMOOTH_S * rate)))[::step], rate / step


def _count(per_second: float) -> str:
    return f"{per_second:.0f}" if per_second >= 2 else f"{per_second:.1f}"
