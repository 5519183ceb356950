"""Traits of a recording beside its machine: level, noise floor, tilt and reach of the spectrum, rate of the file."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.features.frames import hann

__all__ = ["TRAITS", "Traits", "measure_traits"]

Traits = tuple[float, ...]

TRAITS = ("level_db", "floor_db", "tilt_db", "treble_db", "rate_hz")
"""Root mean square and quiet moments in dB of full scale; the upper half of the spectrum beside its lowest eighth, and
the uppermost tenth beside all, in dB; the sampling rate of the file in Hz."""

_FRAME = 1024
_FRAMES = 16  # that the spectrum is taken of, so that it costs a fiftieth of a front end
_QUIET = 0.1  # share of the frames that are quieter than the noise floor
_TINY = 1e-12


def measure_traits(samples: NDArray[np.float32], rate: int) -> Traits:
    """Measure a sound, in less time than it takes to resample it.

    `samples`: shape (n,); one channel.
    `rate`: sampling rate of the recording in Hz, before it was converted.
    """
    size = min(_FRAME, len(samples))
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    power = np.einsum("ij,ij->i", frames, frames, dtype=np.float32).astype(np.float64) / size
    quiet = np.partition(power, int(_QUIET * len(power)))[int(_QUIET * len(power))]
    some = frames[np.linspace(0, len(frames) - 1, min(_FRAMES, len(frames))).astype(int)]
    spectrum = (np.abs(np.fft.rfft(some * hann(size, symmetric=True))) ** 2).mean(axis=0)[1:]
    n = len(spectrum)
    low, high, top = spectrum[: max(1, n // 8)], spectrum[n // 2 :], spectrum[n * 9 // 10 :]
    levels = [float(values.mean()) for values in (low, high, top, spectrum)]
    decibels = 10 * np.log10(np.maximum([float(power.mean()), quiet, *levels], _TINY))
    level, floor, of_low, of_high, of_top, of_all = decibels.tolist()
    return level, floor, of_high - of_low, of_top - of_all, float(rate)
