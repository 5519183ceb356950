"""Frames of a window, their power spectra and mel bands."""

from __future__ import annotations

import numpy as np

from offkey.export.front_ends.dft import cut, power_spectra
from offkey.export.front_ends.sound import Sound
from offkey.export.front_ends.steps import banded, concat, decibels, rows, section
from offkey.features.frames import frame_sizes, hann
from offkey.features.mel import mel_filters
from offkey.graph import Builder

__all__ = ["bins_of_frames", "cut_frames", "log_mel"]


def cut_frames(b: Builder, sound: Sound, length: int) -> str:
    """Add the samples of frames that begin half a frame apart, shape (batch, n_frames, length)."""
    hop = length // 2
    n = 1 + (sound.n_samples - length) // hop
    halves = b("Reshape", section(b, sound.samples, 0, (n + 1) * hop, 1), b.weight([-1, n + 1, hop]))
    parts = [section(b, halves, 0, n, 1), section(b, halves, 1, n + 1, 1)]
    if length % 2:
        last = rows(b, sound.samples, [(number + 2) * hop for number in range(n)], 1)
        parts.append(b("Unsqueeze", last, b.weight([2])))
    return concat(b, parts, 2)


def bins_of_frames(b: Builder, sound: Sound) -> str:
    """Add the power of each bin in each frame, as `offkey.features.frames.power_spectra` has it.

    Returns: shape (batch, n_fft // 2 + 1, n_frames).
    """
    n_fft, _ = frame_sizes(sound.rate)
    n, parts = sound.n_frames, cut(n_fft)
    windowed = b.cast(b("Mul", cut_frames(b, sound, n_fft), b.weight(hann(n_fft))), np.float64)
    spectra = power_spectra(b, b("Reshape", windowed, b.weight([-1, n_fft])), n_fft)
    power = b("Reshape", b.cast(spectra, np.float32), b.weight([-1, n, parts.half * parts.few]))
    return b("Gather", b("Transpose", power, perm=[0, 2, 1]), b.weight(parts.places), axis=1)


def log_mel(
    b: Builder, sound: Sound, *, n_mels: int, floor_db: float, low_hz: float = 0.0, high_hz: float | None = None
) -> str:
    """Add the log-mel spectrogram in dB, as `offkey.features.mel.log_mel` has it.

    Returns: shape (batch, n_mels, n_frames).
    """
    power = bins_of_frames(b, sound)
    filters = mel_filters(sound.rate, n_mels, low_hz, high_hz)
    return decibels(b, banded(b, power, filters), floor_db)
