"""Spectrograms in tiles, computed when they come into view, so that an hour-long recording opens at once.

A tile is an image of `TILE` columns in which the grey level is the level in dB: the page colours it, and
subtracts one clip from another, without asking again. Tiles of zoom level z have a column every
``COLUMN_S * 2**z`` seconds. Up to `_WHOLE` every window in a tile is analysed and a column is the mean
power of its windows; beyond, a column shows `_SAMPLED` windows spread over its time, so that no tile reads
more than a bounded amount of sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from offkey.audio import Channel, FileRecording
from offkey.features.frames import windowed_spectra
from offkey.features.mel import mel_centres_hz
from offkey.web.explore.png import grey_png, palette_png

__all__ = [
    "BANDS",
    "BANDS_CHOICES",
    "COLUMN_S",
    "HIGH_DB",
    "LOW_DB",
    "MOST_ZOOM",
    "SCALES",
    "TILE",
    "WINDOWS_MS",
    "levels",
    "thumbnail",
    "tile",
]

TILE = 256
"""Columns of a tile."""
COLUMN_S = 0.008
"""Seconds from one column to the next at zoom level 0."""
MOST_ZOOM = 12
BANDS = 160
"""Rows of a tile where all frequencies are in view, the highest on top."""
BANDS_CHOICES = (BANDS, 2 * BANDS, 4 * BANDS)
"""Rows of the tiles that a page asks for the further it zooms into frequency."""
WINDOWS_MS = (16, 32, 64, 128, 256)
"""Lengths of the analysis window: short ones tell moments apart, long ones frequencies."""
LOW_DB, HIGH_DB = -120.0, 0.0
"""Levels of black and white, relative to a sine of full scale in one band."""
SCALES = ("mel", "linear")

_WHOLE = 4
_SAMPLED = 2
_WINDOW_MS = 64
_SHOWN_SIZE = (192, 48)


def tile(
    recording: FileRecording,
    *,
    channel: Channel,
    zoom: int,
    index: int,
    scale: str = "mel",
    bands: int = BANDS,
    window_ms: int = _WINDOW_MS,
) -> bytes:
    """Return a tile as a PNG image of grey levels, `LOW_DB` black and `HIGH_DB` white.

    Zoom goes from 0 (finest) to `MOST_ZOOM`, `index` from 0 at the start of the recording. The frequency axis, "mel" or
    "linear", goes from 0 Hz to half the rate in `bands` rows; spectra are those of windows of `window_ms`.
    """
    step = COLUMN_S * 2**zoom
    starts = np.round((index * TILE + np.arange(TILE)) * step * recording.rate).astype(np.int64)
    width = max(1, round(step * recording.rate))
    per_column = max(1, 2 ** (zoom - 2)) if zoom <= _WHOLE else _SAMPLED
    db = levels(recording, starts, width, per_column, channel=channel, scale=scale, bands=bands, window_ms=window_ms)
    return grey_png(_grey(db, LOW_DB, HIGH_DB)[::-1])


def thumbnail(
    recording: FileRecording, *, channel: Channel, palette: NDArray[np.uint8], size: tuple[int, int] = _SHOWN_SIZE
) -> bytes:
    """Return the whole recording as a small coloured PNG image, its own levels stretched over all colours.

    `size`: width and height; a height of up to `BANDS`.
    """
    width, height = size
    frames = recording.frames or recording.rate
    starts = np.linspace(0, frames, width, endpoint=False).astype(np.int64)
    db = levels(recording, starts, max(1, frames // width), 1, channel=channel, scale="mel")
    rows = db[: BANDS - BANDS % height].reshape(height, -1, width).mean(axis=1)
    low, high = np.percentile(rows, (5, 99.5))
    return palette_png(_grey(rows, low, max(high, low + 10))[::-1], palette)


def levels(
    recording: FileRecording,
    starts: NDArray[np.int64],
    width: int,
    per_column: int,
    *,
    channel: Channel,
    scale: str,
    bands: int = BANDS,
    window_ms: int = _WINDOW_MS,
) -> NDArray[np.float32]:
    """Return the level of each band in each column in dB, (bands, n), at least `LOW_DB`, 0 for a sine of full scale.

    `starts` are the first frames of the columns, ascending; each column stands for `width` frames, of which
    `per_column` windows, spread evenly, are analysed. Beyond the end of the recording is silence.
    """
    n_fft = 2 * max(1, round(window_ms / 2000 * recording.rate))
    offsets = (np.arange(per_column) + 0.5) * width / per_column - n_fft / 2
    at = (starts[:, None] + np.round(offsets).astype(np.int64)).ravel()
    bank = _bank(recording.rate, n_fft, scale, bands)
    power = np.empty((len(at), bands), np.float32)
    for rows, windows in _windows(recording, at, n_fft, channel):
        power[rows] = _power(windows) @ bank
    mean = power.reshape(len(starts), per_column, bands).mean(axis=1)
    db: NDArray[np.float32] = 10 * np.log10(np.maximum(mean, np.float32(10 ** (LOW_DB / 10))))
    return db.T


def _windows(
    recording: FileRecording, at: NDArray[np.int64], n_fft: int, channel: Channel
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Yield the windows that start at given frames, some at a time; windows that lie close are read as one piece."""
    dense = len(at) > 1 and int(at[-1] - at[0]) <= len(at) * n_fft
    group = 64 if dense else 1
    slices = [slice(k, min(k + group, len(at))) for k in range(0, len(at), group)]
    spans = [(int(at[rows.start]), int(at[rows.stop - 1]) + n_fft) for rows in slices]
    readable = ((max(0, first), max(0, last)) for first, last in spans)
    for rows, (first, last), sound in zip(slices, spans, recording.parts(readable, channel), strict=True):
        piece = np.zeros(last - first, np.float32)
        begin = max(0, -first)
        piece[begin : begin + len(sound)] = np.nan_to_num(sound)
        index = (at[rows] - first)[:, None] + np.arange(n_fft)
        yield rows, piece[index]


def _power(windows: NDArray[np.float32]) -> NDArray[np.float32]:
    spectra = windowed_spectra(windows)
    power: NDArray[np.float32] = (spectra.real**2 + spectra.imag**2) / np.float32((windows.shape[1] / 4) ** 2)
    return power


@lru_cache(maxsize=16)
def _bank(rate: int, n_fft: int, scale: str, bands: int) -> NDArray[np.float32]:
    """Return triangular weights from bins to bands, shape (n_bins, bands); each band's add up to one."""
    bins = np.linspace(0, rate / 2, n_fft // 2 + 1)
    if scale == "mel":
        edges = np.concatenate([[0.0], mel_centres_hz(rate, bands), [rate / 2]])
    else:
        step = rate / 2 / (bands - 1)
        edges = np.linspace(-step, rate / 2 + step, bands + 2)
    steps = np.diff(edges)
    filters = np.maximum(
        0, np.minimum((bins[:, None] - edges[:-2]) / steps[:-1], (edges[2:] - bins[:, None]) / steps[1:])
    )
    total = filters.sum(axis=0)
    empty = total <= 0  # a narrow band may fall between two bins, and gets the nearest
    nearest = np.eye(len(bins))[:, np.round(edges[1:-1] / (rate / 2) * (len(bins) - 1)).astype(np.int64)]
    return np.where(empty, nearest, filters / np.where(empty, 1, total)).astype(np.float32)


def _grey(db: NDArray[np.float32], low: float, high: float) -> NDArray[np.uint8]:
    return np.clip(np.round((db - low) / (high - low) * 255), 0, 255).astype(np.uint8)
