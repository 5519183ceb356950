"""The Fourier transform of real signals in single precision, and shapes over its frequencies.

Everything that filters in this package multiplies a spectrum: filters are circular, which for a
stationary sound means that a clip starts with the reverberation of what was before it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Samples", "Shape", "Spectrum", "bandpass", "forward", "frequencies", "inverse", "peaks", "tilt", "top_hz"]

Samples: TypeAlias = NDArray[np.float32]
Spectrum: TypeAlias = NDArray[np.complex64]
Shape: TypeAlias = NDArray[np.float32]
"""Amplitude factor at each frequency of a spectrum."""


def forward(samples: Samples) -> Spectrum:
    """Return the spectrum of a real signal of n samples, shape (n // 2 + 1,)."""
    from scipy.fft import rfft  # keeps single precision; slow to import

    spectrum: Spectrum = rfft(samples.astype(np.float32, copy=False))
    return spectrum


def inverse(spectrum: Spectrum, n: int) -> Samples:
    """Return the real signal of `n` samples that has this spectrum."""
    from scipy.fft import irfft

    samples: Samples = irfft(spectrum.astype(np.complex64, copy=False), n)
    return samples


@functools.lru_cache(maxsize=4)
def frequencies(n: int, rate: int) -> Shape:
    """Return the frequencies in Hz of the spectrum of `n` samples, as a read-only array."""
    hz = (np.arange(n // 2 + 1, dtype=np.float64) * (rate / n)).astype(np.float32)
    hz.setflags(write=False)
    return hz


def top_hz(rate: int) -> float:
    """Return the highest frequency in Hz at which this package places anything: 0.46 of the rate."""
    return 0.46 * rate


def tilt(hz: Shape, corner_hz: float, db_per_octave: float) -> Shape:
    """Return a shape that is flat up to a corner and then falls by so many dB an octave."""
    steepness = np.float32(db_per_octave / 3.0103)
    shape: Shape = 1.0 / np.sqrt(1.0 + (hz / np.float32(corner_hz)) ** steepness)
    return shape


def bandpass(hz: Shape, low_hz: float, high_hz: float, order: int = 4) -> Shape:
    """Return the amplitude of a Butterworth band-pass: 1 inside, 0.7 at the edges; each order falls 6 dB per octave."""
    rise = (hz / low_hz) ** (2 * order)
    fall = 1.0 + (hz / high_hz) ** (2 * order)
    shape: Shape = np.sqrt(rise / (1.0 + rise) / fall).astype(np.float32)
    return shape


def peaks(hz: Shape, resonances: Iterable[tuple[float, float, float]]) -> Shape:
    """Return a shape of 1 with resonances (frequency in Hz, quality factor, height in dB) on it.

    Each is the amplitude response of a damped oscillator of second order, 1 far away.
    """
    shape = np.ones_like(hz)
    for centre_hz, quality, height_db in resonances:
        ratio = np.maximum(hz, np.float32(1e-3)) / np.float32(centre_hz)
        detuning = np.float32(quality) * (ratio - 1.0 / ratio)
        shape *= 1.0 + np.float32(10.0 ** (height_db / 20.0) - 1.0) / np.sqrt(1.0 + detuning**2)
    return shape
