"""Traits of a recording beside its machine: level, noise floor, tilt, reach and bands of the spectrum, and rate."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from offkey.features.frames import hann

__all__ = ["EDGES_HZ", "OCTAVES", "TRAITS", "Traits", "measure_traits"]

Traits = tuple[float, ...]

EDGES_HZ = (0, 62, 125, 250, 500, 1000, 2000, 4000, 8000, 16_000)
"""Edges of the bands, which are octaves but for the lowest."""

TRAITS = (
    "level_db",
    "floor_db",
    "tilt_db",
    "treble_db",
    "rate_hz",
    *(f"band_{low}_{high}_hz_db" for low, high in pairwise(EDGES_HZ)),
)
"""Root mean square and quiet moments in dB of full scale; the upper half of the spectrum beside its lowest eighth, and
the uppermost tenth beside all, in dB; the sampling rate of the file in Hz; each band beside
the median of the bands, in dB."""

OCTAVES = float(np.log2(12))
"""From the middle of the lowest eighth of the spectrum to that of its upper half."""

_FRAME = 1024
_FRAMES = 16  # that the spectrum is taken of, so that it costs a fiftieth of a front end
_QUIET = 0.1  # share of the frames that are quieter than the noise floor
_TINY = 1e-12
_SILENT_DB = -120.0


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
    bands = _bands(spectrum, rate / size)
    return level, floor, of_high - of_low, of_top - of_all, float(rate), *bands.tolist()


def _bands(spectrum: NDArray[np.float64], step_hz: float) -> NDArray[np.float64]:
    """Return the level of each band in dB, beside their median; that of silence in one above the spectrum.

    `spectrum`: shape (n,); power from `step_hz` on, in steps of it.
    """
    ends = np.searchsorted(step_hz * np.arange(1, len(spectrum) + 1), EDGES_HZ, side="right")
    total, bins = np.concatenate([[0.0], np.cumsum(spectrum)])[ends], np.diff(ends)
    levels = 10 * np.log10(np.maximum(np.diff(total) / np.maximum(bins, 1), _TINY))
    beside: NDArray[np.float64] = np.where(bins > 0, levels - np.median(levels[bins > 0]), _SILENT_DB)
    return beside
