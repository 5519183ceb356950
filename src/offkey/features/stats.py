"""Hand-made statistics of sound, as condition monitoring has long used them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import OneOf, SequenceOf
from offkey.features.base import FrontEnd, Samples, Vector
from offkey.features.frames import cut_frames, frame_sizes, n_frames, power_spectra
from offkey.features.parts import FeaturePart

__all__ = ["FRAME_STATISTICS", "NAMES", "ROLL_OFF", "TIME_STATISTICS", "TINY", "Stats"]

TINY = np.float32(1e-12)
ROLL_OFF = 0.85

FRAME_STATISTICS = (
    *("rms_db", "crest_db", "kurtosis", "zero_crossings"),
    *("centroid_hz", "bandwidth_hz", "roll_off_hz", "flatness_db"),
)
"""Statistics of a frame: the first four of the waveform, the others of the power spectrum."""

TIME_STATISTICS: dict[str, Callable[[NDArray[np.float32]], NDArray[np.float32]]] = {
    "mean": lambda track: track.mean(axis=1),
    "std": lambda track: track.std(axis=1),
    "min": lambda track: track.min(axis=1),
    "max": lambda track: track.max(axis=1),
    "change": lambda track: np.abs(np.diff(track, axis=1)).sum(axis=1) / max(1, track.shape[1] - 1),
}
"""Summaries of each statistic over the frames of a clip."""

NAMES = tuple(f"{frame} {time}" for time in TIME_STATISTICS for frame in FRAME_STATISTICS)
"""Names of the features, in their order."""


class Stats(FrontEnd):
    """Level, peakiness and shape of each frame's waveform and spectrum, summarised over time.

    Crest factor and kurtosis rise with impacts, as of bearings (Randall, "Vibration-based Condition
    Monitoring", 2nd ed., 2021, section 5.3); centroid, bandwidth, roll-off (85 % of the power) and
    flatness are those of Peeters, "A large set of audio features for sound description", IRCAM, 2004.

    Parameters
    ----------
    normalisation : {"standard", "none"}, default "standard"
        Whether to divide each feature by its standard deviation over the training clips; the features' own units differ
        by orders of magnitude.
    keep : sequence of str, optional
        Names of the features to keep, such as ``"crest_db max"``, in any order; all by default.
    """

    name = "stats"
    assumes = "a fault changes level, peakiness or balance of the sound as a whole"
    cost = "a short FFT a frame, and sorting; d: 40"
    rules: ClassVar = {
        "normalisation": OneOf(("standard", "none")),
        "keep": SequenceOf(OneOf(NAMES), distinct=True, or_none=True),
    }

    def __init__(self, *, normalisation: str = "standard", keep: Sequence[str] | None = None) -> None:
        self.normalisation = normalisation
        self.keep = keep

    def feature_names(self, rate: int) -> list[str]:
        """Return what is measured and how it is summed up: ``"crest_db_max"``; see `FrontEnd.feature_names`."""
        return [name.replace(" ", "_") for name in self.kept()]

    def parts(self, rate: int) -> list[FeaturePart]:
        """Return the features by name; see `FrontEnd.parts`."""
        return [FeaturePart(name, name, None, None, (column,)) for column, name in enumerate(self.kept())]

    def vector(self, samples: Samples, rate: int) -> Vector:
        """Return the statistics of one clip, shape (40,) where all are kept; see `FrontEnd.vector`."""
        track = self.in_time(samples, rate)
        vector: Vector = np.concatenate([summary(track) for summary in TIME_STATISTICS.values()]).astype(np.float32)
        if self.keep is None:
            return vector
        return vector[[column for column, name in enumerate(NAMES) if name in self.keep]]

    def row_names(self, rate: int) -> list[str]:
        """Return the statistics of a frame, kept or not; see `FrontEnd.row_names`."""
        return list(FRAME_STATISTICS)

    def in_time(self, samples: Samples, rate: int) -> NDArray[np.float32]:
        """Return the statistics of each frame, shape (8, n_frames); see `FrontEnd.in_time`."""
        track = np.empty((len(FRAME_STATISTICS), n_frames(len(samples), rate)), np.float32)
        n_fft, hop = frame_sizes(rate)
        waves = cut_frames(samples, n_fft, hop)
        bins_hz = np.linspace(0, rate / 2, n_fft // 2 + 1, dtype=np.float32)
        for frames, power in power_spectra(samples, rate):
            track[:4, frames] = _of_waveform(waves[frames])
            track[4:, frames] = _of_spectrum(power, bins_hz)
        return track

    def kept(self) -> list[str]:
        """Return the names of the features that are kept, in their order."""
        return [name for name in NAMES if self.keep is None or name in self.keep]


def _of_waveform(waves: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return level, crest factor, excess kurtosis and zero crossings of each frame, shape (4, n_frames)."""
    centred = waves - waves.mean(axis=1, keepdims=True)
    peak = np.maximum(np.abs(centred).max(axis=1), TINY)
    square = (centred / peak[:, None]) ** 2  # relative to the peak, so that no power of it overflows
    power = np.maximum(square.mean(axis=1), TINY)
    rms_db = 10 * np.log10(power) + 20 * np.log10(peak)
    kurtosis = (square**2).mean(axis=1) / power**2 - 3
    crossings = (np.diff(np.signbit(centred), axis=1) != 0).mean(axis=1)
    measured: NDArray[np.float32] = np.stack([rms_db, -10 * np.log10(power), kurtosis, crossings])
    return measured


def _of_spectrum(power: NDArray[np.float32], bins_hz: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return centroid, bandwidth, roll-off and flatness of each frame, shape (4, n_frames)."""
    share = power / np.maximum(power.sum(axis=1, keepdims=True), TINY)
    centroid = share @ bins_hz
    spread = (bins_hz - centroid[:, None]) ** 2
    bandwidth = np.sqrt((share * spread).sum(axis=1))
    roll_off = bins_hz[np.minimum((np.cumsum(share, axis=1) < ROLL_OFF).sum(axis=1), len(bins_hz) - 1)]
    floored = np.maximum(power, TINY)
    flatness_db = 10 * (np.log10(floored).mean(axis=1) - np.log10(floored.mean(axis=1)))
    measured: NDArray[np.float32] = np.stack([centroid, bandwidth, roll_off, flatness_db])
    return measured
