"""The live spectrogram of a machine: levels and deviations from normal, computed once for all who look."""

from __future__ import annotations

import struct
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.audio.channel import is_pair, one_channel
from offkey.errors import AudioError
from offkey.explain.normal_levels import NormalLevels, own_deviations
from offkey.features.frames import frame_sizes, n_frames
from offkey.features.mel import mel_centres_hz
from offkey.model import Model
from offkey.model.reference import band_count, levels_of
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.source import Begin, End, Item

__all__ = ["Columns", "LiveSpectrogram"]

LOW_DB, HIGH_DB = -120.0, 0.0
"""Levels that are sent as 0 and 255."""
MOST_DEVIATION = 12.0
"""Deviations from minus to plus so many standard deviations are sent as 0 and 255."""

_COMPARED_S = 10.0  # of sound, the newest columns among it, that is compared with normal clips
_KEPT = 60  # pieces that wait for those who look

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Columns:
    """Columns of the spectrogram, the lowest band first.

    `number`: rises from piece to piece.
    `at`: when the first column began, in seconds since 1970 UTC.
    `levels`, `deviations`: shape (n_columns, n_bands).
    """

    number: int
    at: float
    levels: Bytes
    deviations: Bytes

    def to_bytes(self) -> bytes:
        """Return it as a message: time (float64), columns and bands (uint16), levels, deviations; little-endian."""
        return struct.pack("<dHH", self.at, *self.levels.shape) + self.levels.tobytes() + self.deviations.tobytes()


class LiveSpectrogram:
    """Turns what a source gives into columns.

    Parameters
    ----------
    model : Model
        The model of the machine, whose normal clips the sound is compared with; without such clips with itself.
    """

    def __init__(self, model: Model) -> None:
        self._rate, self._channel = model.rate, model.config.channel
        self._normal = None if model.reference is None else NormalLevels(model.reference)
        self._lock = Lock()
        self._resampler: Any = None
        self._left, self._at = np.empty(0, np.float32), 0.0  # samples that are not drawn yet, and when they began
        self._recent = np.empty((band_count(self._rate), 0), np.float32)
        self._pieces = deque[Columns](maxlen=_KEPT)
        self._number = 0

    def facts(self) -> dict[str, Any]:
        """Return what a page must know to draw columns."""
        bands = band_count(self._rate)
        return {
            "bands_hz": [round(float(hz), 1) for hz in mel_centres_hz(self._rate, bands)],
            "column_s": frame_sizes(self._rate)[1] / self._rate,
            "low_db": LOW_DB,
            "high_db": HIGH_DB,
            "most_deviation": MOST_DEVIATION,
            "compared": "normal clips" if self._normal is not None else "its own median",
        }

    def feed(self, items: list[Item]) -> None:
        """Take what the source gave; all sound without a gap becomes one piece."""
        with self._lock:
            for item in items:
                self._take(item)
            self._draw()

    def after(self, number: int) -> list[Columns]:
        """Return the pieces after one, as far as they are kept."""
        with self._lock:
            return [piece for piece in self._pieces if piece.number > number]

    def _take(self, item: Item) -> None:
        if isinstance(item, np.ndarray):
            with suppress(AudioError):  # the channel is not there: the status of the machine says so
                self._left = np.concatenate([self._left, self._one_channel(item)])
            return
        self._draw()
        if isinstance(item, Begin):
            self._begin(item)
        elif isinstance(item, Correction):
            self._at += item.seconds
        elif isinstance(item, End):
            self._left = np.empty(0, np.float32)

    def _begin(self, begin: Begin) -> None:
        self._left, self._at, self._resampler = np.empty(0, np.float32), begin.at, None
        if begin.rate > self._rate:
            import soxr

            self._resampler = soxr.ResampleStream(begin.rate, self._rate, 1, dtype="float32", quality="HQ")

    def _one_channel(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what the model hears of a block; of two microphones the near one."""
        sound = block[:, 0] if is_pair(self._channel) else one_channel(block, self._channel, "The stream")
        return np.asarray(sound if self._resampler is None else self._resampler.resample_chunk(sound), np.float32)

    def _draw(self) -> None:
        """Make a piece of the samples that are left, but for those of no whole column."""
        sound, (length, hop) = self._left, frame_sizes(self._rate)
        if len(sound) < length:
            return
        levels = levels_of(sound, self._rate)
        count, kept = n_frames(len(sound), self._rate), round(_COMPARED_S * self._rate / hop)
        self._left = sound[count * hop :]
        self._recent = np.concatenate([self._recent, levels], axis=1)[:, -max(kept, count) :]
        away = own_deviations(self._recent) if self._normal is None else self._normal.deviations(self._recent)
        self._number += 1
        self._pieces.append(
            Columns(
                self._number,
                self._at,
                _grey((levels - LOW_DB) / (HIGH_DB - LOW_DB)),
                _grey(away[:, -count:] / (2 * MOST_DEVIATION) + 0.5),
            )
        )
        self._at += count * hop / self._rate


def _grey(shares: NDArray[np.float32]) -> Bytes:
    """Return shares from 0 to 1 as bytes, a row per column of the picture."""
    return np.ascontiguousarray(np.clip(np.rint(shares.T * 255), 0, 255).astype(np.uint8))
