"""Mel bands as Slaney's Auditory Toolbox has them, and the log-mel spectrogram."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.features.frames import frame_sizes, n_frames, power_spectra

__all__ = ["decibels", "log_mel", "mel_bands_hz", "mel_centres_hz", "mel_filters"]

_LINEAR_HZ, _HZ_PER_MEL = 1000.0, 200 / 3
_LINEAR_MELS = _LINEAR_HZ / _HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27
_BLOCK = 16  # bands multiplied at a time, see `_banded`


def _to_mel(hz: ArrayLike) -> NDArray[np.float64]:
    hz = np.asarray(hz, float)
    log = _LINEAR_MELS + np.log(np.maximum(hz, _LINEAR_HZ) / _LINEAR_HZ) / _LOG_STEP
    return np.where(hz < _LINEAR_HZ, hz / _HZ_PER_MEL, log)


def _to_hz(mel: ArrayLike) -> NDArray[np.float64]:
    mel = np.asarray(mel, float)
    log = _LINEAR_HZ * np.exp(_LOG_STEP * (np.maximum(mel, _LINEAR_MELS) - _LINEAR_MELS))
    return np.where(mel < _LINEAR_MELS, mel * _HZ_PER_MEL, log)


def _edges_hz(rate: int, n_mels: int, low_hz: float, high_hz: float | None) -> NDArray[np.float64]:
    high = rate / 2 if high_hz is None else high_hz
    return _to_hz(np.linspace(float(_to_mel(low_hz)), float(_to_mel(high)), n_mels + 2))


def mel_centres_hz(rate: int, n_mels: int, low_hz: float = 0.0, high_hz: float | None = None) -> NDArray[np.float64]:
    """Return the centre frequency of each mel band in Hz, shape (n_mels,); see `mel_filters`."""
    return _edges_hz(rate, n_mels, low_hz, high_hz)[1:-1]


def mel_bands_hz(rate: int, n_mels: int, low_hz: float = 0.0, high_hz: float | None = None) -> NDArray[np.float64]:
    """Return the range of each mel band in Hz, shape (n_mels, 2).

    A band counts from where its triangle crosses that of the band below to where it crosses that of the
    band above, halfway between the centres, so that the bands adjoin.
    """
    edges = _edges_hz(rate, n_mels, low_hz, high_hz)
    crossings = (edges[:-1] + edges[1:]) / 2
    return np.stack([crossings[:-1], crossings[1:]], axis=1)


@lru_cache(maxsize=8)
def mel_filters(rate: int, n_mels: int, low_hz: float = 0.0, high_hz: float | None = None) -> NDArray[np.float64]:
    """Return the mel filter bank.

    Triangles of unit area, from `low_hz` to `high_hz`, equally spaced on the mel scale that is linear
    below 1 kHz and logarithmic above (M. Slaney, "Auditory Toolbox", Interval Research Technical
    Report 1998-010, function ``mfcc``): the default of librosa and of the DCASE baselines.

    `low_hz`: where the lowest triangle starts, in Hz.
    `high_hz`: where the highest ends, in Hz; by default at half the rate.
    Returns: shape (n_mels, n_fft // 2 + 1); weights in 1/Hz for the bins of `frames.power_spectra`; do not change it,
        it is shared.
    """
    n_fft, _ = frame_sizes(rate)
    edges, bins = _edges_hz(rate, n_mels, low_hz, high_hz), np.linspace(0, rate / 2, n_fft // 2 + 1)
    rise = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rise, fall)) * (2 / (edges[2:] - edges[:-2]))[:, None]


def log_mel(
    samples: NDArray[np.float32],
    rate: int,
    *,
    n_mels: int,
    floor_db: float,
    low_hz: float = 0.0,
    high_hz: float | None = None,
) -> NDArray[np.float32]:
    """Return the log-mel spectrogram.

    `samples`: shape (n,); one channel, full scale 1; at least one analysis window.
    `floor_db`: least value, in dB.
    `low_hz`: where the lowest band starts, in Hz.
    `high_hz`: where the highest ends, in Hz; by default at half the rate.
    Returns: shape (n_mels, n_frames); 10 log10 of the mel power, in dB.
    """
    mel = np.empty((n_frames(len(samples), rate), n_mels), np.float32)
    filters = _banded(rate, n_mels, low_hz, high_hz)
    for frames, power in power_spectra(samples, rate):
        for bands, bins, weights in filters:
            np.matmul(power[:, bins], weights, out=mel[frames, bands])
    return np.ascontiguousarray(decibels(mel, floor_db).T)


def decibels(power: NDArray[np.float32], floor_db: float) -> NDArray[np.float32]:
    """Turn power into dB in place, no value below `floor_db`, and return it."""
    np.maximum(power, np.float32(10 ** (floor_db / 10)), out=power)
    np.log10(power, out=power)
    power *= np.float32(10)
    return power


@lru_cache(maxsize=8)
def _banded(
    rate: int, n_mels: int, low_hz: float, high_hz: float | None
) -> list[tuple[slice, slice, NDArray[np.float32]]]:
    """Cut the filter bank into blocks of bands with the bins they reach, since most of it is zeros; bins by bands."""
    filters = mel_filters(rate, n_mels, low_hz, high_hz)
    blocks = []
    for first in range(0, n_mels, _BLOCK):
        bands = slice(first, min(first + _BLOCK, n_mels))
        reached = np.flatnonzero(filters[bands].any(axis=0))
        bins = slice(int(reached[0]), int(reached[-1]) + 1) if len(reached) else slice(0, 1)
        blocks.append((bands, bins, np.ascontiguousarray(filters[bands, bins].T, dtype=np.float32)))
    return blocks
