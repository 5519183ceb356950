"""The front ends that can leave Python, by their class."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from scipy.fft import dct

from offkey.errors import ExportError
from offkey.export.front_ends.pooled import normalised, pool
from offkey.export.front_ends.short_time import bins_of_frames, log_mel
from offkey.export.front_ends.sound import Sound
from offkey.export.front_ends.stats import stats
from offkey.export.front_ends.steps import concat, decibels, rows
from offkey.export.front_ends.tail import tail
from offkey.features.base import FrontEnd
from offkey.features.frames import frame_sizes
from offkey.features.logmel import LogMel
from offkey.features.mfcc import MFCC
from offkey.features.sequence import Frames, chosen_frames
from offkey.features.spectrum import Spectrum
from offkey.features.stats import Stats
from offkey.graph import Builder

__all__ = ["front_end_nodes"]


def front_end_nodes(
    b: Builder, front_end: FrontEnd, samples: str, rate: int, n_samples: int, *, without: Collection[str] = ()
) -> str:
    """Add a front end to a graph.

    The tensors "levels" (the frames in dB), "pooled" and "vector" have these names, and each view of the tail its own.

    Parameters
    ----------
    b : Builder
        What it is added to.
    front_end : FrontEnd
        One of this package's that a graph can hold.
    samples : str
        Tensor of shape (batch, n_samples), single precision, full scale 1, less the mean of each window.
    rate : int
        Sampling rate in Hz.
    n_samples : int
        Number of samples of a window; at least `FrontEnd.min_samples`.
    without : collection of str, default ()
        Views of the tail of `logmel`, such as ``"cycle"``, that a detector does not use: their columns are 0.

    Returns
    -------
    str
        Tensor of shape (batch, n_features), single precision: what `FrontEnd.vector` gives for each window.

    Raises
    ------
    ExportError
        If the front end cannot be exported, or the window is shorter than a frame.
    """
    add = _FRONT_ENDS.get(type(front_end))
    if add is None:
        raise ExportError(
            f"The front end '{front_end.name}' cannot be exported, since {_why_not(front_end)}; "
            f"fit the model with one of {', '.join(sorted(kind.name for kind in _FRONT_ENDS))}."
        )
    least = front_end.min_samples(rate)
    if n_samples < least:
        raise ExportError(
            f"A window of {n_samples} samples cannot be exported: the front end '{front_end.name}' takes at least "
            f"{least} at {rate} Hz; fit the model on longer clips."
        )
    return b("Identity", add(b, front_end, Sound(samples, rate, n_samples), without), name="vector")


def _why_not(front_end: FrontEnd) -> str:
    if front_end.heavy:
        return "it runs a network of its own"
    reasons = {"levels": "its filters transform a window as a whole"}
    return reasons.get(front_end.name, "there is no graph for it")


def _logmel(b: Builder, front_end: LogMel, sound: Sound, without: Collection[str]) -> str:
    top = front_end.high_share * sound.rate / 2
    found = log_mel(
        b, sound, n_mels=front_end.n_mels, floor_db=front_end.floor_db, low_hz=front_end.low_hz, high_hz=top
    )
    levels = b("Identity", normalised(b, found, front_end.normalisation), name="levels")
    kept = None if front_end.keep is None else sorted(band for band in front_end.keep if band < front_end.n_mels)
    blocks = [] if kept == [] else [pool(b, front_end, levels, sound, kept)]
    return concat(b, [*blocks, *tail(b, front_end.tail_views, levels, sound, without)], 1)


def _spectrum(b: Builder, front_end: Spectrum, sound: Sound, _without: Collection[str]) -> str:
    full_scale = (frame_sizes(sound.rate)[0] / 4) ** 2
    power = b("Div", bins_of_frames(b, sound), b.weight(np.float32(full_scale)))
    found = normalised(b, decibels(b, power, front_end.floor_db), front_end.normalisation)
    return pool(b, front_end, b("Identity", found, name="levels"), sound, _kept(front_end.keep))


def _mfcc(b: Builder, front_end: MFCC, sound: Sound, _without: Collection[str]) -> str:
    top = front_end.high_share * sound.rate / 2
    found = log_mel(
        b, sound, n_mels=front_end.n_mels, floor_db=front_end.floor_db, low_hz=front_end.low_hz, high_hz=top
    )
    bands = normalised(b, found, front_end.normalisation)
    cosines = dct(np.eye(front_end.n_mels), axis=0, norm="ortho")[: front_end.n_mfcc]
    levels = b("MatMul", b.weight(cosines, np.float32), bands, name="levels")
    return pool(b, front_end, levels, sound, _kept(front_end.keep))


def _frames(b: Builder, front_end: Frames, sound: Sound, _without: Collection[str]) -> str:
    levels = log_mel(b, sound, n_mels=front_end.n_mels, floor_db=front_end.floor_db, low_hz=front_end.low_hz)
    named = b("Identity", levels, name="levels")
    chosen = rows(b, named, chosen_frames(sound.n_frames, front_end.n_frames(sound.rate)).tolist(), 2)
    return b("Flatten", b("Transpose", chosen, perm=[0, 2, 1]), axis=1)


def _kept(keep: Any) -> list[int] | None:
    return None if keep is None else sorted(keep)


_FRONT_ENDS: dict[type[FrontEnd], Callable[[Builder, Any, Sound, Collection[str]], str]] = {
    LogMel: _logmel,
    Spectrum: _spectrum,
    MFCC: _mfcc,
    Frames: _frames,
    Stats: lambda b, front_end, sound, _without: stats(b, front_end, sound),
}
