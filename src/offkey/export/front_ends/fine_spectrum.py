"""The fine spectrum in a graph; see `offkey.features.fine_spectrum`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offkey.export.front_ends.dft import cut, power_spectra
from offkey.export.front_ends.short_time import cut_frames
from offkey.export.front_ends.sound import Sound
from offkey.export.front_ends.steps import banded, decibels, mean, rows
from offkey.features.fine_spectrum import LEAST, fine_edges_hz, segment_size
from offkey.features.frames import hann
from offkey.graph import Builder

__all__ = ["fine_spectrum"]


def fine_spectrum(b: Builder, sound: Sound, kept: Sequence[int]) -> str:
    """Add the level of each fine band less the mean level of all, shape (batch, n_kept)."""
    n = segment_size(sound.n_samples, sound.rate)
    count, parts = 1 + (sound.n_samples - n) // (n // 2), cut(n)
    windowed = b.cast(b("Mul", cut_frames(b, sound, n), b.weight(hann(n))), np.float64)
    spectra = power_spectra(b, b("Reshape", windowed, b.weight([-1, n])), n)
    power = b("Reshape", spectra, b.weight([-1, count, parts.half * parts.few]))
    welch = b("Transpose", mean(b, power, [1]), perm=[0, 2, 1])
    bins = b("Gather", welch, b.weight(parts.places), axis=1)
    summed = b("Squeeze", banded(b, bins, _shares(n, sound.rate).T / n, np.float64), b.weight([2]))
    levels = decibels(b, summed, 10 * np.log10(LEAST), np.float64)
    found = b.cast(b("Sub", levels, mean(b, levels, [1])), np.float32)
    return rows(b, found, kept, 1)


def _shares(n: int, rate: int) -> NDArray[np.float64]:
    """Return the share of each bin that lies in each band, shape (n // 2 + 1, n_bands)."""
    edges = fine_edges_hz(rate)
    below = np.clip(edges * n / rate - np.arange(n // 2 + 1)[:, None] + 0.5, 0, 1)
    return np.diff(below, axis=1)
