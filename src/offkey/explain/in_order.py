"""Words for strokes that are missing, weak, early or late, and for cycles in another order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.explain.phrases import moments
from offkey.features.cycle import PLACES, Cycles, cycle_levels, period

__all__ = ["in_order"]

_AS_FAR = 0.5  # share of what is missing at a stroke's own time from which what is too much beside it is the stroke
_BESIDE = 0.4  # share of the period within which a stroke that is not at its time is sought
_MOVED = 0.1  # share of the period from which a cycle is late or early as a whole
_GONE = 0.7  # share of a stroke's height from which it is missing rather than weak


def in_order(name: str, frames: NDArray[np.float32], hop_s: float, start_s: float) -> str:
    """Return a sentence on the measure by which a clip departs most, such as ``"The stroke at 3.2 s is missing."``.

    `name`: of `offkey.features.cycle.CYCLE`.
    `frames`: shape (n_bands, n_frames); levels in dB, every `hop_s` seconds from `start_s` on.
    """
    levels = cycle_levels(frames)
    length, _ = period(levels)
    cycles, period_s = Cycles.of(levels, length), length * hop_s
    every = f"every {period_s:.2g} s"
    measure = name.split("_")[1]
    if measure in ("shape", "lean"):
        return f"The strokes that recur {every} come in another order than in any normal clip."
    if measure == "regularity":
        return f"Strokes recur {every} less regularly than in any normal clip."
    if measure == "late":
        return _late(cycles, 1 + int(np.abs(cycles.lateness).argmax()), period_s, start_s)
    row = PLACES.index(name.removeprefix(f"cycle_{measure}"))
    return _departure(cycles, row, measure == "drop", period_s, start_s)


def _departure(cycles: Cycles, row: int, falls: bool, period_s: float, start_s: float) -> str:
    """Return what the greatest drop of a row of levels is, or its greatest rise."""
    drops, rises = cycles.departures[row], cycles.departures[len(PLACES) + row]
    at = np.array([[cycles.time(number, phase + 2) for phase in range(drops.shape[1])] for number in range(len(drops))])
    this, other = (drops, rises) if falls else (rises, drops)
    place = np.unravel_index(int(this.argmax()), this.shape)
    number = int(place[0])
    if 0 < number < len(drops) - 1 and abs(float(cycles.lateness[number - 1])) >= _MOVED:
        return _late(cycles, number, period_s, start_s)
    near = np.abs(at - at[place]) < _BESIDE
    beside = np.unravel_index(int(np.where(near, other, -np.inf).argmax()), other.shape)
    here_s = start_s + float(at[place]) * period_s
    if other[beside] > _AS_FAR * this[place]:
        from_, to = (place, beside) if falls else (beside, place)
        return _moved(start_s + float(at[from_]) * period_s, float(at[to] - at[from_]) * period_s)
    if not falls:
        return f"At {moments([here_s])} the sound is {this[place]:.0f} dB louder than its cycle lets expect."
    usual = cycles.usual[row]
    height = float(usual[place[1] : place[1] + 4].mean() - usual.min())
    lost = "is missing" if this[place] > _GONE * height else f"is {this[place]:.0f} dB too weak"
    return f"The stroke at {moments([here_s])} {lost}."


def _late(cycles: Cycles, number: int, period_s: float, start_s: float) -> str:
    """Return by how much a whole cycle is late, at the place of its strongest stroke."""
    late = float(cycles.lateness[number - 1])
    due = cycles.time(number, float(cycles.usual[0].argmax())) - late
    return _moved(start_s + due * period_s, late * period_s)


def _moved(at_s: float, late_s: float) -> str:
    way = "late" if late_s > 0 else "early"
    return f"The stroke of {moments([at_s])} comes {abs(late_s):.2g} s {way}."
