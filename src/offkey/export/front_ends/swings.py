"""Modulation, wobble and dynamics in a graph; see `offkey.features.modulation` and its like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.fft import next_fast_len

from offkey.export.front_ends.dft import cut, power_spectra
from offkey.export.front_ends.sound import Sound
from offkey.export.front_ends.steps import concat, mean, ranked, rows, scaled, section
from offkey.features.dynamics import HIGH, RARE, RISES
from offkey.features.frames import hann
from offkey.features.lulls import group_members
from offkey.features.modulation import LEAST, range_bins
from offkey.features.wobble import BALANCE_RANGES, balance_weights
from offkey.graph import Builder

__all__ = ["dynamics", "modulation", "wobble"]


def modulation(b: Builder, levels: str, n_bands: int, sound: Sound, groups: Sequence[int]) -> str:
    """Add how strongly groups of bands swing at each range of rates, shape (batch, 8 * n_groups)."""
    within = group_members(n_bands)[list(groups)]
    return b("Flatten", _swings(b, b("MatMul", b.weight(within), levels), len(within), sound), axis=1)


def wobble(b: Builder, levels: str, n_bands: int, sound: Sound) -> str:
    """Add how strongly the balance between bands swings, shape (batch, 4)."""
    weights = balance_weights(n_bands)
    swings = _swings(b, b("MatMul", b.weight(weights), levels), len(weights), sound)
    chosen = section(b, swings, BALANCE_RANGES.start, BALANCE_RANGES.stop, 1)
    return mean(b, chosen, [2], keepdims=False)


def dynamics(b: Builder, levels: str, n_bands: int, sound: Sound, groups: Sequence[int]) -> str:
    """Add how groups of bands rise, peak, dip and swing, shape (batch, 13 * n_groups)."""
    within, n = group_members(n_bands)[list(groups)], sound.n_frames
    grouped = b("MatMul", b.weight(within), levels)
    order = ranked(b, grouped, n, largest=False)
    highest, lowest = rows(b, order, [n - 1], 2), rows(b, order, [0], 2)
    moments = [
        *_rises(b, grouped, n),
        b("Sub", highest, _quantile(b, order, n, HIGH)),
        b("Sub", lowest, _quantile(b, order, n, 1 - HIGH)),
    ]
    across = b("Transpose", concat(b, moments, 2), perm=[0, 2, 1])
    return b("Flatten", concat(b, [across, _swings(b, grouped, len(within), sound, n)], 1), axis=1)


def _rises(b: Builder, grouped: str, n: int) -> list[str]:
    """Add the mean of the greatest rises and two quantiles of all, each of shape (batch, n_groups, 1)."""
    if n == 1:
        return [scaled(b, grouped, 0)] * 3
    steps = b("Sub", section(b, grouped, 1, n, 2), section(b, grouped, 0, n - 1, 2))
    order, count = ranked(b, steps, n - 1, largest=False), n - 1
    greatest = mean(b, section(b, order, max(0, count - RISES), count, 2), [2])
    return [greatest, _quantile(b, order, count, RARE), _quantile(b, order, count, HIGH)]


def _quantile(b: Builder, order: str, count: int, share: float) -> str:
    return rows(b, order, [round(share * (count - 1))], 2)


def _swings(b: Builder, levels: str, n_rows: int, sound: Sound, n_fft: int | None = None) -> str:
    """Add the mean power with which levels, shape (batch, n_rows, n_frames), swing; shape (batch, 8, n_rows), in dB.

    In double precision, as in Python: swings are weak beside the levels that they are found in.
    """
    n = sound.n_frames
    n_fft = n_fft or next_fast_len(n, real=True)
    window = hann(n + 2, symmetric=True, dtype=np.float64)[1:-1]
    window = window / np.sqrt((window**2).sum())
    centred = b.cast(b("Sub", levels, mean(b, levels, [2])), np.float64)
    windowed = b("Reshape", b("Mul", centred, b.weight(window)), b.weight([-1, n]))
    padded = b("Pad", windowed, b.weight([0, 0, 0, n_fft - n])) if n_fft > n else windowed
    parts = cut(n_fft)
    bins = range_bins(n_fft, sound.frame_rate_hz)
    weights = np.zeros((parts.half * parts.few, len(bins)))
    for column, (low, high) in enumerate(bins):
        weights[parts.places[low:high], column] = 1 / (high - low)
    means = b("MatMul", power_spectra(b, padded, n_fft), b.weight(weights))
    logarithms = b("Log", b("Add", means, b.weight(np.float64(LEAST))))
    swings = b.cast(scaled(b, logarithms, 10 / np.log(10), np.float64), np.float32)
    return b("Transpose", b("Reshape", swings, b.weight([-1, n_rows, len(bins)])), perm=[0, 2, 1])
