"""Front ends in C: spectrum and log-mel bands, pooled by their mean, deviation and change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.errors import ExportError
from offkey.export.c.cut import Cut
from offkey.export.c.pieces import Member, Piece, Table
from offkey.features import FrontEnd
from offkey.features.frames import frame_sizes, n_frames
from offkey.features.logmel import LogMel
from offkey.features.mel import mel_filters
from offkey.features.sequence import Frames
from offkey.features.spectrum import Spectrum

__all__ = ["Bands", "bands_of", "frames_bands", "transform_piece"]

_VIEWS = ("lulls", "transients", "modulation", "wobble", "cycle", "fine_spectrum", "dynamics")
_TO_C = "fit with --detector mahalanobis, whose front end is the mean of log-mel bands"


@dataclass(frozen=True)
class Bands:
    """The levels that a frame is described by.

    `count`: number of them.
    `piece`: code and tables that measure them.
    `low`: which of them are bins that the mean of a window is in, by the number of the bin.
    """

    count: int
    piece: Piece
    low: dict[int, int]


def bands_of(front_end: FrontEnd, rate: int) -> tuple[Spectrum | LogMel, Bands]:
    """Return a front end and what it measures; an ExportError says why it cannot go to C."""
    if isinstance(front_end, Spectrum):
        return front_end, _spectrum(front_end, rate)
    if isinstance(front_end, LogMel):
        return front_end, _mel(front_end, rate)
    raise ExportError(
        f"The front end '{front_end.name}' cannot go to C, which has 'spectrum', 'logmel' and 'frames': {_TO_C}."
    )


def frames_bands(front_end: Frames, cut: Cut) -> Bands:
    """Return the bands of frames in the order of time; an ExportError says why they cannot go to C."""
    wanted = n_frames(max(round(front_end.seconds * cut.rate), cut.fft), cut.rate)
    if wanted != cut.frames:
        raise ExportError(
            f"Frames of {front_end.seconds:g} s cannot go to C for windows of {cut.window / cut.rate:g} s, of which "
            f"they would leave out or repeat some: fit with --features-param seconds={cut.window / cut.rate:g}."
        )
    _check_low(front_end, cut.rate)
    filters = mel_filters(cut.rate, front_end.n_mels, front_end.low_hz)
    return Bands(front_end.n_mels, _mel_piece(filters, front_end.floor_db), {})


def _check_pooling(front_end: Spectrum | LogMel) -> None:
    """Check that a front end pools by what can be summed up."""
    name, pooling = front_end.name, [float(weight) for weight in front_end.pooling]
    if pooling != [1.0]:
        raise ExportError(
            f"The pooling {pooling} of '{name}' cannot go to C, which sorts no frames: fit with "
            "--features-param pooling=[1.0], and deviation or change where you want more."
        )
    if front_end.normalisation == "per-band":
        raise ExportError(
            f"The normalisation 'per-band' of '{name}' cannot go to C, since it takes away the very means: fit with "
            "--features-param normalisation=standard."
        )
    if front_end.normalisation == "clip-level" and front_end.keep is not None:
        raise ExportError(
            f"The normalisation 'clip-level' of '{name}' cannot go to C beside 'keep', since the level is that of all "
            "bands: fit without one of the two."
        )


def transform_piece(cut: Cut) -> Piece:
    """Return the transform of a frame: by halves alone, or by the odd factors of its length first."""
    factors = cut.factors
    if factors[0] == 2:
        angles = 2 * np.pi * np.arange(3 * cut.fft // 4 + 1) / cut.fft
        return Piece(("powers_of_two", "fft"), tables=(Table("turns", np.sin(angles).astype(np.float32)),))
    angles = 2 * np.pi * np.arange(cut.fft // 2 + 1) / cut.fft
    tables = (
        Table("cosines", np.cos(angles).astype(np.float32)),
        Table("sines", np.sin(angles).astype(np.float32)),
        Table("factors", np.array(factors), "uint16_t"),
    )
    numbers = {"N_FACTORS": len(factors), "LARGEST": max(factors)}
    return Piece(("odd_factors", "fft"), numbers=numbers, tables=tables)


def _spectrum(front_end: Spectrum, rate: int) -> Bands:
    _check_pooling(front_end)
    n_fft = frame_sizes(rate)[0]
    bins = np.arange(n_fft // 2 + 1) if front_end.keep is None else np.sort(np.array(front_end.keep, np.intp))
    is_run = bool((np.diff(bins) == 1).all())
    place: Any = f"({bins[0]} + (i))" if is_run and bins[0] else "(i)" if is_run else "bins[i]"
    piece = Piece(
        ("decibels", "spectrum"),
        {"BANDS": len(bins)},
        {"LEAST_POWER": _floor(front_end.floor_db), "PER_FULL_SCALE": float(16 / n_fft**2), "BIN(i)": place},
        () if is_run else (Table("bins", bins, "uint16_t"),),
        _levels(len(bins)),
    )
    return Bands(len(bins), piece, {int(number): place for place, number in enumerate(bins) if number < 2})


def _mel(front_end: LogMel, rate: int) -> Bands:
    views = [view for view in _VIEWS if getattr(front_end, view)]
    if views:
        raise ExportError(
            f"What '{front_end.name}' says of {' and '.join(views)} cannot go to C, which keeps no frames: {_TO_C}."
        )
    _check_pooling(front_end)
    _check_low(front_end, rate)
    filters = mel_filters(rate, front_end.n_mels, front_end.low_hz, front_end.high_share * rate / 2)
    kept = filters if front_end.keep is None else filters[np.sort(np.array(front_end.keep, np.intp))]
    return Bands(len(kept), _mel_piece(kept, front_end.floor_db), {})


def _mel_piece(filters: NDArray[np.float64], floor_db: float) -> Piece:
    """Return what measures mel bands, by the rows of a filter bank."""
    reached = [np.flatnonzero(row) for row in filters]
    first = np.array([bins[0] if len(bins) else 0 for bins in reached])
    end = np.array([bins[-1] + 1 if len(bins) else 0 for bins in reached])
    weights = [row[low:high] for row, low, high in zip(filters, first, end, strict=True)]
    tables = (
        Table("mel_first", first, "uint16_t"),
        Table("mel_end", end, "uint16_t"),
        Table("mel_weights", np.concatenate(weights).astype(np.float32)),
    )
    least = {"LEAST_POWER": _floor(floor_db)}
    return Piece(("decibels", "mel"), {"BANDS": len(filters)}, least, tables, _levels(len(filters)))


def _check_low(front_end: LogMel | Frames, rate: int) -> None:
    """Check that no band reaches the bins that a constant is in under a Hann window, which are the two lowest."""
    if front_end.low_hz < rate / frame_sizes(rate)[0]:
        raise ExportError(
            f"Bands of '{front_end.name}' from {front_end.low_hz:g} Hz cannot go to C, since the lowest hears the mean "
            "of a window, which is known when the window ends: fit with --features-param low_hz=20."
        )


def _levels(count: int) -> tuple[Member, ...]:
    return (Member("levels", "float", "levels of the newest frame in dB", ("OFFKEY_BANDS",), count),)


def _floor(floor_db: float) -> float:
    return float(np.float32(10 ** (floor_db / 10)))
