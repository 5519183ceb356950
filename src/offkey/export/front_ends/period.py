"""The period in which strokes repeat, in a graph; see `offkey.features.cycle.period`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.fft import next_fast_len

from offkey.export.front_ends.dft import cut, power_spectra, spectra
from offkey.export.front_ends.steps import rows, section
from offkey.features.cycle import EXACT, FEWEST, LEAST, NEARLY, REGULAR, SHORTEST, SLOWEST
from offkey.graph import Builder

__all__ = ["Period", "add_period", "shortest_period"]


_FAR = 1e30  # beyond any autocorrelation


class Period(NamedTuple):
    """Tensors of shape (batch, 1).

    `there`: whether there is a period.
    `length`: the period in frames, double precision; some length where there is none.
    `regularity`: autocorrelation at the period, or the highest there is.
    """

    there: str
    length: str
    regularity: str


def add_period(b: Builder, levels: str, n_rows: int, n: int) -> Period:
    """Add the number of frames after which levels repeat themselves.

    `levels`: shape (batch, n_rows, n), double precision, each row less its mean; at least three times the shortest
        period and a frame.
    """
    alike, alive = _autocorrelation(b, levels, n_rows, n)
    longest = n // FEWEST
    inside = section(b, alike, SHORTEST, longest, 1)
    is_peak = b(
        "And",
        b("GreaterOrEqual", inside, section(b, alike, SHORTEST - 1, longest - 1, 1)),
        b("GreaterOrEqual", inside, section(b, alike, SHORTEST + 1, longest + 1, 1)),
    )
    zero = b.weight(0.0)
    peaks = b("Where", is_peak, inside, zero)
    highest = b("Max", b("ReduceMax", peaks, axes=[1], keepdims=1), zero)
    there = b("And", alive, b("GreaterOrEqual", highest, b.weight(REGULAR)))
    good = b("And", is_peak, b("GreaterOrEqual", inside, b("Mul", highest, b.weight(NEARLY))))
    first = b("ArgMax", b.cast(good, np.float32), axis=1, keepdims=1)
    lag = b("Add", first, b.weight([SHORTEST]))
    at_lag = b("Where", there, b("GatherElements", alike, lag, axis=1), highest)
    return Period(there, _exact(b, alike, lag, n // 2), b("Where", alive, at_lag, zero))


def _autocorrelation(b: Builder, levels: str, n_rows: int, n: int) -> tuple[str, str]:
    """Add the autocorrelation at each lag below half the frames, (batch, n // 2), and whether there is any, (batch, 1).

    A spectrum of power is even, so that the real part of its transform is its inverse transform but for a factor.
    """
    n_fft = next_fast_len(2 * n, real=True)
    parts, n_places = cut(n_fft), cut(n_fft).half * cut(n_fft).few
    padded = b("Pad", levels, b.weight([0, 0, 0, 0, 0, n_fft - n]))
    power = power_spectra(b, b("Reshape", padded, b.weight([-1, n_fft])), n_fft)
    summed = b("ReduceSum", b("Reshape", power, b.weight([-1, n_rows, n_places])), b.weight([1]), keepdims=0)
    both = np.minimum(np.arange(n_fft), n_fft - np.arange(n_fft))
    quick = (both > int(SLOWEST * n_fft / n)).astype(float)
    even = b("Mul", rows(b, summed, parts.places[both].tolist(), 1), b.weight(quick))
    real, _ = spectra(b, even, n_fft)
    lags = np.arange(n // 2)
    alike = b("Mul", rows(b, real, parts.places[lags].tolist(), 1), b.weight(1 / (n_fft * (n - lags))))
    whole = section(b, alike, 0, 1, 1)
    least = b.weight(LEAST)
    return b("Div", alike, b("Max", whole, least)), b("GreaterOrEqual", whole, least)


def _exact(b: Builder, alike: str, lag: str, n_lags: int) -> str:
    """Add a lag, (batch, 1), to a fraction by the peaks near its multiples, as long as there are such lags."""
    found, goes_on = b.cast(lag, np.float64), ""
    lags, one = b.weight(np.arange(float(n_lags))), b.weight(1.0)
    for multiple in _multiples(n_lags):
        middle = b("Round", b("Mul", found, b.weight(float(multiple))))
        inside = b("Less", b("Add", middle, one), b.weight(float(n_lags)))
        reach = b("Add", b("Floor", b("Mul", middle, b.weight(EXACT))), one)
        near = b("LessOrEqual", b("Abs", b("Sub", lags, middle)), reach)
        at = b("ArgMax", b("Where", near, alike, b.weight(-_FAR)), axis=1, keepdims=1)
        inside = b("And", inside, b("Less", b("Add", at, b.weight([1])), b.weight([n_lags])))
        goes_on = b("And", goes_on, inside) if goes_on else inside
        better = b("Div", b("Add", b.cast(at, np.float64), _aside(b, alike, at, n_lags)), b.weight(float(multiple)))
        found = b("Where", goes_on, better, found)
    return found


def _aside(b: Builder, alike: str, at: str, n_lags: int) -> str:
    """Add by how much the peak of a parabola through three lags lies beside the middle one, -0.5 to 0.5."""
    inner = b("Clip", at, b.weight(1), b.weight(n_lags - 2))
    before, peak, after = (b("GatherElements", alike, b("Add", inner, b.weight([step])), axis=1) for step in (-1, 0, 1))
    bend = b("Add", b("Sub", before, b("Mul", peak, b.weight(2.0))), after)
    is_peak = b("Less", bend, b.weight(0.0))
    safe = b("Mul", b("Where", is_peak, bend, b.weight(-1.0)), b.weight(2.0))
    aside = b("Clip", b("Div", b("Sub", before, after), safe), b.weight(-0.5), b.weight(0.5))
    return b("Where", is_peak, aside, b.weight(0.0))


def _multiples(n_lags: int) -> list[int]:
    """Return the multiples of a period that can lie among so many lags, each twice the one before."""
    found, least = [1], SHORTEST - 0.5
    while round(2 * found[-1] * least) + 1 < n_lags:
        found.append(2 * found[-1])
        middle = round(found[-1] * least)
        least = (middle - 1 - int(EXACT * middle) - 0.5) / found[-1]
    return found


def shortest_period(n: int) -> float:
    """Return a length in frames below which no period of so many frames can lie, wherever its multiples are found."""
    least = SHORTEST - 0.5
    for multiple in _multiples(n // 2)[1:]:
        middle = round(multiple * least)
        least = (middle - 1 - int(EXACT * middle) - 0.5) / multiple
    return least
