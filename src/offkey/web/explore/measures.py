"""Measures of each clip, taken once: form, level, faults of the recording, and its mean spectrum."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from offkey.audio import Channel, FileRecording
from offkey.datasets.inspection import inspect_clip
from offkey.errors import AudioError
from offkey.features.frames import frame_sizes
from offkey.features.mel import log_mel
from offkey.hearing.windows import Windowing, read_windows

__all__ = ["FACTS", "FLOOR_DB", "N_BANDS", "Measured", "measure"]

FACTS: dict[str, type[pl.DataType]] = {
    "seconds": pl.Float64,
    "level_db": pl.Float64,
    "peak_db": pl.Float64,
    "rate": pl.Int64,
    "channels": pl.Int64,
    "clipped": pl.Int64,
    "silent_channels": pl.String,
    "digest": pl.String,
    "error": pl.String,
    "size": pl.Int64,
    "mtime_ns": pl.Int64,
}
"""The measures of each clip; `size` and `mtime_ns` are those of the file that was measured."""

N_BANDS = 128
FLOOR_DB = -120.0
_LEAST_MEAN_SQUARE = 1e-12


@dataclass(frozen=True)
class Measured:
    """The measurements of a clip.

    `facts` are ``error``, ``rate`` (Hz), ``channels``, ``seconds``, ``clipped`` (samples), ``silent_channels`` (indices
    between blanks), ``digest``, ``level_db`` (RMS) and ``peak_db`` of the chosen channel, re full scale. `mean` and
    `deviation` over time are those of the log-mel spectrogram in dB, (N_BANDS,); NaN after an error.
    """

    facts: dict[str, Any]
    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]


def measure(path: Path, *, name: str, rate: int, channel: Channel = 0) -> Measured:
    """Measure a clip of any length in bounded memory; one that cannot be used gets an ``error``.

    Spectra are taken at `rate` in Hz, no higher than the clip's. `name` is the clip's name in an error.
    """
    inspected = inspect_clip(str(path))
    mean = deviation = np.full(N_BANDS, np.nan, np.float32)
    level_db = peak_db = None
    error = inspected.error
    if error is None:
        try:
            mean, deviation, level_db, peak_db = _measures(path, rate, channel)
        except AudioError as failure:
            error = str(failure)
    facts = {
        "error": None if error is None else error.replace(str(path), name),
        "rate": inspected.rate or None,
        "channels": inspected.channels or None,
        "seconds": inspected.seconds or None,
        "clipped": None if error else inspected.clipped,
        "silent_channels": " ".join(map(str, inspected.silent_channels)) or None,
        "digest": inspected.digest or None,
        "level_db": level_db,
        "peak_db": peak_db,
    }
    return Measured(facts, mean, deviation)


def _measures(path: Path, rate: int, channel: Channel) -> tuple[NDArray[np.float32], NDArray[np.float32], float, float]:
    """Return mean and deviation of the spectrum, level and peak in dB."""
    sums, squares = np.zeros(N_BANDS), np.zeros(N_BANDS)
    frames, samples, energy, peak = 0, 0, 0.0, 0.0
    least = frame_sizes(rate)[0]
    recording = FileRecording(path)
    for window in read_windows(recording, rate=rate, channel=channel, windowing=Windowing(10.0, 10.0)):
        sound = window.samples
        samples += len(sound)
        energy += float(np.sum(np.square(sound, dtype=np.float64)))
        peak = max(peak, float(np.abs(sound).max(initial=0.0)))
        if len(sound) >= least:
            levels = log_mel(sound, rate, n_mels=N_BANDS, floor_db=FLOOR_DB).astype(np.float64)
            sums += levels.sum(axis=1)
            squares += np.square(levels).sum(axis=1)
            frames += levels.shape[1]
    if not frames:
        raise AudioError(
            f"{recording.name} is too short: {1000 * samples / rate:.0f} ms of sound, "
            f"one analysis window of {1000 * least / rate:.0f} ms is needed."
        )
    mean = sums / frames
    deviation = np.sqrt(np.maximum(squares / frames - mean**2, 0))
    level_db = 10 * np.log10(max(energy / samples, _LEAST_MEAN_SQUARE))
    peak_db = 20 * np.log10(max(peak, _LEAST_MEAN_SQUARE**0.5))
    return mean.astype(np.float32), deviation.astype(np.float32), round(float(level_db), 2), round(float(peak_db), 2)
