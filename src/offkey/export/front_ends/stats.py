"""Hand-made statistics in a graph; see `offkey.features.stats`."""

from __future__ import annotations

import numpy as np

from offkey.export.front_ends.short_time import bins_of_frames, cut_frames
from offkey.export.front_ends.sound import Sound
from offkey.export.front_ends.steps import concat, decibels, mean, rows, scaled, section
from offkey.features.frames import frame_sizes
from offkey.features.stats import NAMES, ROLL_OFF, TINY, Stats
from offkey.graph import Builder

__all__ = ["stats"]

_TINY_DB = 10 * np.log10(TINY)


def stats(b: Builder, front_end: Stats, sound: Sound) -> str:
    """Add the statistics that are kept, shape (batch, n); those of each frame are named "levels"."""
    n_fft, _ = frame_sizes(sound.rate)
    of_waveform = _of_waveform(b, cut_frames(b, sound, n_fft), n_fft)
    waveform = [b("Transpose", track, perm=[0, 2, 1]) for track in of_waveform]
    spectrum = _of_spectrum(b, bins_of_frames(b, sound), sound.rate)
    tracks = b("Concat", *waveform, *spectrum, axis=1, name="levels")  # (batch, 8, n_frames)
    away = b("Sub", tracks, mean(b, tracks, [2]))
    summaries = [
        mean(b, tracks, [2], keepdims=False),
        b("Sqrt", mean(b, b("Mul", away, away), [2], keepdims=False)),
        b("ReduceMin", tracks, axes=[2], keepdims=0),
        b("ReduceMax", tracks, axes=[2], keepdims=0),
        _change(b, tracks, sound.n_frames),
    ]
    kept = [NAMES.index(name) for name in front_end.kept()]
    return rows(b, concat(b, summaries, 1), kept, 1)


def _of_waveform(b: Builder, waves: str, n_fft: int) -> list[str]:
    """Add level, crest factor, excess kurtosis and zero crossings of each frame, each (batch, n_frames, 1)."""
    centred = b("Sub", waves, mean(b, waves, [2]))
    peak = b("Max", b("ReduceMax", b("Abs", centred), axes=[2], keepdims=1), b.weight(TINY))
    relative = b("Div", centred, peak)
    square = b("Mul", relative, relative)
    power = mean(b, square, [2])
    power_db = decibels(b, power, _TINY_DB)
    floored = b("Max", power, b.weight(TINY))
    fourth = mean(b, b("Mul", square, square), [2])
    kurtosis = b("Sub", b("Div", fourth, b("Mul", floored, floored)), b.weight(np.float32(3)))
    peak_db = scaled(b, b("Log", peak), 20 / np.log(10))
    return [b("Add", power_db, peak_db), b("Neg", power_db), kurtosis, _crossings(b, centred, n_fft)]


def _crossings(b: Builder, centred: str, n_fft: int) -> str:
    """Add the share of samples that have another sign than the one before."""
    signs = b.cast(b("Less", centred, b.weight(np.float32(0))), np.float32)
    return mean(b, b("Abs", b("Sub", section(b, signs, 1, n_fft, 2), section(b, signs, 0, n_fft - 1, 2))), [2])


def _of_spectrum(b: Builder, power: str, rate: int) -> list[str]:
    """Add centroid, bandwidth, roll-off and flatness of each frame, each (batch, 1, n_frames)."""
    n_bins = frame_sizes(rate)[0] // 2 + 1
    bins_hz = np.linspace(0, rate / 2, n_bins, dtype=np.float32)
    hz, tiny = b.weight(bins_hz[:, None]), b.weight(TINY)
    share = b("Div", power, b("Max", b("ReduceSum", power, b.weight([1])), tiny))
    centroid = b("ReduceSum", b("Mul", share, hz), b.weight([1]))
    away = b("Sub", hz, centroid)
    bandwidth = b("Sqrt", b("ReduceSum", b("Mul", share, b("Mul", away, away)), b.weight([1])))
    below = b("Less", b("CumSum", share, b.weight(1)), b.weight(np.float32(ROLL_OFF)))
    count = b("ReduceSum", b.cast(below, np.int64), b.weight([1]))
    roll_off = b("Gather", b.weight(bins_hz), b("Min", count, b.weight([n_bins - 1])))
    each_db = mean(b, decibels(b, power, _TINY_DB), [1])
    whole_db = decibels(b, mean(b, b("Max", power, tiny), [1]), _TINY_DB)
    return [centroid, bandwidth, roll_off, b("Sub", each_db, whole_db)]


def _change(b: Builder, tracks: str, count: int) -> str:
    """Add the mean absolute difference from one frame to the next, (batch, 8); 0 of one frame alone."""
    if count == 1:
        return b("Squeeze", scaled(b, tracks, 0), b.weight([2]))
    moves = b("Sub", section(b, tracks, 1, count, 2), section(b, tracks, 0, count - 1, 2))
    return mean(b, b("Abs", moves), [2], keepdims=False)
