"""Clicks, dips and knocks in a graph; see `offkey.features.transients`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from offkey.export.front_ends.sound import Sound
from offkey.export.front_ends.steps import concat, mean, ranked, rows, scaled, section
from offkey.features.lulls import group_edges
from offkey.features.transients import (
    CLICKS,
    EITHER_SIDE,
    GREATEST_CLICKS,
    GREATEST_KNOCKS,
    LEAST_DIPS,
    LOW,
    QUIETEST,
    STRETCH,
    block_size,
    dip_weights,
)
from offkey.graph import Builder

__all__ = ["clicks", "dips", "knocks"]


def clicks(b: Builder, sound: Sound) -> str:
    """Add how far the three greatest clicks stand out of their surroundings, shape (batch, 4), named "clicks"."""
    length = block_size(sound.rate)
    count = (sound.n_samples - 2) // length
    signals, rest = [sound.samples], count * length + 2
    for differences in (1, 2):
        last = signals[-1]
        signals.append(b("Sub", section(b, last, 1, rest, 1), section(b, last, 0, rest - 1, 1)))
        rest = count * length + 2 - differences
    powers = [_powers(b, signal, count, length) for signal in signals]
    floored = b("Max", concat(b, powers, 1), b.weight(np.float32(QUIETEST * length)))
    each = scaled(b, b("Log", floored), 10 / np.log(10))
    levels = concat(b, [each, mean(b, each, [1])], 1)
    beside = b(
        "Max",
        section(b, levels, 0, count - 2 * EITHER_SIDE, 2),
        section(b, levels, 2 * EITHER_SIDE, count, 2),
    )
    above = b("Sub", section(b, levels, EITHER_SIDE, count - EITHER_SIDE, 2), beside)
    found = mean(b, ranked(b, above, GREATEST_CLICKS, largest=True), [2], keepdims=False)
    return b("Reshape", found, b.weight([-1, len(CLICKS)]), name="clicks")


def _powers(b: Builder, signal: str, count: int, length: int) -> str:
    """Add the sum of squares of each block, shape (batch, 1, count)."""
    blocks = b("Reshape", section(b, signal, 0, count * length, 1), b.weight([-1, 1, count, length]))
    return b("ReduceSumSquare", blocks, axes=[3], keepdims=0)


def dips(b: Builder, levels: str, n_bands: int, n_frames: int) -> str:
    """Add how far the least levels lie below the usual low ones, shape (batch, 5), named "dips"."""
    low = round(LOW * (n_frames - 1))
    order = ranked(
        b, b("MatMul", b.weight(dip_weights(n_bands)), levels), min(n_frames, max(LEAST_DIPS, low + 1)), largest=False
    )
    least = mean(b, section(b, order, 0, LEAST_DIPS, 2), [2])
    return b("Flatten", b("Sub", least, rows(b, order, [low], 2)), axis=1, name="dips")


def knocks(b: Builder, levels: str, n_bands: int, n_frames: int, groups: Sequence[int]) -> str:
    """Add how far bands rise above their mean of 0.2 s, shape (batch, n_groups), named "knocks"."""
    length = min(STRETCH, n_frames)
    count = n_frames // length
    whole = count * length
    shape = b.weight([0, 0, count, length])
    stretches = b("Reshape", section(b, levels, 0, whole, 2), shape)
    above = b("Reshape", b("Sub", stretches, mean(b, stretches, [3])), b.weight([0, 0, whole]))
    if whole < n_frames:
        usual = mean(b, section(b, levels, n_frames - length, n_frames, 2), [2])
        above = concat(b, [above, b("Sub", section(b, levels, whole, n_frames, 2), usual)], 2)
    edges = list(pairwise(group_edges(n_bands)))
    highest = [b("ReduceMax", section(b, above, *edges[group], 1), axes=[1], keepdims=1) for group in groups]
    greatest = ranked(b, concat(b, highest, 1), min(GREATEST_KNOCKS, n_frames), largest=True)
    return b("ReduceMean", greatest, axes=[2], keepdims=0, name="knocks")
