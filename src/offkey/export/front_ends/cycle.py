"""The cycle in a graph; see `offkey.features.cycle`.

The number of cycles differs from window to window: there is room for as many as the shortest period allows, and those
beyond the last are left out by masks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from offkey.export.front_ends.period import Period, add_period, shortest_period
from offkey.export.front_ends.sound import Sound
from offkey.export.front_ends.steps import concat, mean, ranked, rows, section
from offkey.features.cycle import BAND, CYCLE, FEWEST, LEAST, MOMENT, PHASES, PLACES, SHORTEST, STAY
from offkey.features.transients import dip_weights
from offkey.graph import Builder

__all__ = ["cycle"]

_FAR = 1e30  # beyond any level


class _Cut(NamedTuple):
    """Levels in the phases of a period, one period after the other, with room for the most periods there can be.

    `phases`: (batch, n_rows, (room + 1) * 32); 0 behind the last.
    `last`: (batch, 1); the last phase that a whole cycle can begin at, int64.
    `n_cycles`: (batch, 1); the number of whole cycles, int64.
    `room`: the most whole cycles there can be.
    """

    phases: str
    last: str
    n_cycles: str
    room: int


def cycle(b: Builder, levels: str, n_bands: int, sound: Sound) -> str:
    """Add how strokes follow each other, shape (batch, 21); nothing but the regularity where there is no period."""
    n, n_rows = sound.n_frames, len(PLACES)
    grouped = b.cast(b("MatMul", b.weight(dip_weights(n_bands)), levels), np.float64)
    centred = b("Sub", grouped, mean(b, grouped, [2]))
    if n // FEWEST <= SHORTEST:
        none = b("MatMul", section(b, centred, 0, 1, 2), b.weight(np.zeros((1, len(CYCLE)))))
        return b.cast(b("ReduceSum", none, b.weight([1]), keepdims=0), np.float32)
    period = add_period(b, centred, n_rows, n)
    measures = _measures(b, _at_phases(b, centred, period, n), n_rows)
    period_s = b("Mul", period.length, b.weight(1 / sound.frame_rate_hz))
    zero = b.weight(0.0)
    known = b("Where", period.there, concat(b, [period_s, *measures], 1), zero)
    parts = [section(b, known, 0, 1, 1), period.regularity, section(b, known, 1, len(CYCLE) - 1, 1)]
    return b.cast(concat(b, parts, 1), np.float32)


def _at_phases(b: Builder, levels: str, period: Period, n: int) -> _Cut:
    """Add the mean level in each phase of a period."""
    room = int(n / shortest_period(n))
    n_phases = (room + 1) * PHASES  # what is left behind the last whole cycle counts where that cycle is moved
    step = b("Div", period.length, b.weight(float(PHASES)))
    edges = b("Min", b("Mul", b.weight(np.arange(n_phases + 1.0)[None]), step), b.weight(float(n)))
    whole = b("Floor", edges)
    sums = b("Pad", b("CumSum", levels, b.weight(2)), b.weight([0, 0, 1, 0, 0, 1]), b.weight(0.0))
    before = _taken(b, sums, b.cast(whole, np.int64), len(PLACES))
    after = _taken(b, sums, b("Add", b.cast(whole, np.int64), b.weight([1])), len(PLACES))
    share = b("Unsqueeze", b("Sub", edges, whole), b.weight([1]))
    at_edges = b("Add", before, b("Mul", b("Sub", after, before), share))
    moves = b("Sub", section(b, at_edges, 1, n_phases + 1, 2), section(b, at_edges, 0, n_phases, 2))
    phases = b("Div", moves, b("Unsqueeze", step, b.weight([1])))
    count = b.cast(b("Floor", b("Div", b.weight(float(n * PHASES)), period.length)), np.int64)
    count = b("Min", count, b.weight([n_phases]))
    return _Cut(phases, b("Sub", count, b.weight([PHASES])), b("Div", count, b.weight([PHASES])), room)


def _measures(b: Builder, cut: _Cut, n_rows: int) -> list[str]:
    """Add lateness, departures and order of the cycles, each of shape (batch, n)."""
    moves = _moves(b, cut)
    starts = b("Add", b.weight(np.arange(cut.room) * PHASES), moves)
    first = b("Unsqueeze", b("Min", b("Max", starts, b.weight([0])), cut.last), b.weight([2]))
    places = b("Reshape", b("Add", first, b.weight(np.arange(PHASES))), b.weight([-1, cut.room * PHASES]))
    cycles = b("Reshape", _taken(b, cut.phases, places, n_rows), b.weight([0, 0, cut.room, PHASES]))
    usual = _median(b, cycles, cut, n_rows)
    return [_lateness(b, moves, cut), _departures(b, cycles, usual, cut), _order(b, usual, n_rows)]


def _moves(b: Builder, cut: _Cut) -> str:
    """Add by how many phases each cycle is moved to where it is most like the usual one, (batch, room), int64."""
    level = section(b, cut.phases, 0, 1, 1)
    whole = b("Reshape", section(b, level, 0, cut.room * PHASES, 2), b.weight([0, 1, cut.room, PHASES]))
    usual = _median(b, whole, cut, 1)
    usual = b("Reshape", b("Sub", usual, mean(b, usual, [3])), b.weight([-1, PHASES, 1]))
    asides = np.arange(-BAND, BAND + 1)
    wanted = (np.arange(cut.room)[:, None] * PHASES + asides).reshape(1, -1)
    first = b("Min", b("Max", b.weight(wanted), b.weight([0])), cut.last)
    within = b("Add", b("Unsqueeze", first, b.weight([2])), b.weight(np.arange(PHASES)))
    flat = b("Reshape", within, b.weight([-1, wanted.size * PHASES]))
    pieces = b("Reshape", _taken(b, level, flat, 1), b.weight([-1, wanted.size, PHASES]))
    likeness = b("Reshape", b("MatMul", pieces, usual), b.weight([-1, cut.room, len(asides)]))
    cost = b("Mul", b("ReduceSumSquare", usual, axes=[1], keepdims=1), b.weight(STAY * np.abs(asides)))
    best = b("ArgMax", b("Sub", likeness, cost), axis=2, keepdims=0)
    return b("Sub", best, b.weight([BAND]))


def _lateness(b: Builder, moves: str, cut: _Cut) -> str:
    """Add by what share of the period a cycle is late or early between its neighbours at most, (batch, 1)."""
    shares = b.cast(moves, np.float64)
    sides = b("Add", section(b, shares, 0, cut.room - 2, 1), section(b, shares, 2, cut.room, 1))
    late = b("Sub", section(b, shares, 1, cut.room - 1, 1), b("Mul", sides, b.weight(0.5)))
    there = b("Less", b.weight(np.arange(2, cut.room)), cut.n_cycles)
    share = b("Mul", b("Abs", late), b.weight(1 / PHASES))
    return b("ReduceMax", b("Where", there, share, b.weight(0.0)), axes=[1], keepdims=1)


def _departures(b: Builder, cycles: str, usual: str, cut: _Cut) -> str:
    """Add by how much the mean of four phases lies below the usual cycle and above it at most, (batch, 2 * n_rows)."""
    phases = np.arange(PHASES)
    around = (rows(b, usual, np.roll(phases, 1).tolist(), 3), usual, rows(b, usual, np.roll(phases, -1).tolist(), 3))
    away = concat(b, [b("Sub", b("Min", *around), cycles), b("Sub", cycles, b("Max", *around))], 1)
    pairs = b("Add", section(b, away, 1, PHASES, 3), section(b, away, 0, PHASES - 1, 3))
    fours = b("Add", section(b, pairs, 2, PHASES - 1, 3), section(b, pairs, 0, PHASES - 3, 3))
    highest = b("ReduceMax", b("Mul", fours, b.weight(1 / MOMENT)), axes=[3], keepdims=0)
    return b("ReduceMax", b("Where", _there(b, cut, [1]), highest, b.weight(-_FAR)), axes=[2], keepdims=0)


def _order(b: Builder, usual: str, n_rows: int) -> str:
    """Add real and imaginary part of the bispectrum of each quarter's first harmonic, (batch, 2 * (n_rows - 1))."""
    angles = 2 * np.pi * np.outer(np.arange(PHASES), (1, 2)) / PHASES
    waves = np.concatenate([np.cos(angles), -np.sin(angles)], axis=1) / PHASES
    found = b("MatMul", b("Squeeze", section(b, usual, 1, n_rows, 1), b.weight([2])), b.weight(waves))
    c1, c2, s1, s2 = (b("Gather", found, b.weight(column), axis=2) for column in range(4))
    square = b("Sub", b("Mul", c1, c1), b("Mul", s1, s1))
    twice = b("Mul", b("Mul", c1, s1), b.weight(2.0))
    real = b("Add", b("Mul", square, c2), b("Mul", twice, s2))
    imaginary = b("Sub", b("Mul", twice, c2), b("Mul", square, s2))
    size = b("Sqrt", b("Add", b("Mul", real, real), b("Mul", imaginary, imaginary)))
    scale = b("Pow", b("Max", size, b.weight(LEAST)), b.weight(2 / 3))
    return b("Div", concat(b, [real, imaginary], 1), concat(b, [scale, scale], 1))


def _median(b: Builder, cycles: str, cut: _Cut, n_rows: int) -> str:
    """Add the median cycle of each row, the higher one of two: (batch, n_rows, room, 32) to (batch, n_rows, 1, 32)."""
    padded = b("Where", _there(b, cut, [1, 3]), cycles, b.weight(_FAR))
    order = ranked(b, padded, cut.room, largest=False, axis=2)
    middle = b("Unsqueeze", b("Div", cut.n_cycles, b.weight([2])), b.weight([1, 3]))
    return b("GatherElements", order, b("Expand", middle, b.weight([1, n_rows, 1, PHASES])), axis=2)


def _there(b: Builder, cut: _Cut, axes: list[int]) -> str:
    """Add which cycles there are, (batch, room), with further axes."""
    return b("Unsqueeze", b("Less", b.weight(np.arange(cut.room)), cut.n_cycles), b.weight(axes))


def _taken(b: Builder, tensor: str, places: str, n_rows: int) -> str:
    """Add what stands at places of each row: (batch, n_rows, n) and (batch, m) to (batch, n_rows, m)."""
    for_rows = b("Expand", b("Unsqueeze", places, b.weight([1])), b.weight([1, n_rows, 1]))
    return b("GatherElements", tensor, for_rows, axis=2)
