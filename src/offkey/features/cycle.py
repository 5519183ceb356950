"""Cycle: the period that strokes repeat in, the strokes that leave it, and their order within it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from offkey.features.transients import QUARTERS, dip_levels

__all__ = [
    "BAND",
    "CYCLE",
    "EXACT",
    "FEWEST",
    "LEAST",
    "MOMENT",
    "NEARLY",
    "PHASES",
    "PLACES",
    "REGULAR",
    "SHORTEST",
    "SLOWEST",
    "STAY",
    "Cycles",
    "cycle",
    "cycle_levels",
    "period",
]

PHASES = 32  # parts of a period
BAND = 5  # phases by which a cycle may lie beside its place: 15 % of the period
STAY = 0.03  # share of the likeness of two usual cycles that a move by a phase costs: a gap is no reason to move
MOMENT = 4  # phases whose mean counts: an eighth of the period
SHORTEST = 10  # frames; in a shorter period an eighth is about a frame
FEWEST = 3  # periods in a clip
SLOWEST = 2.5  # swings a clip below which a level drifts
REGULAR = 0.2  # autocorrelation below which there is no period
NEARLY = 0.6  # share of the highest peak from which a shorter period is taken: the other may be a multiple of it
EXACT = 0.02  # share of a multiple of the period within which it is sought
LEAST = 1e-12

PLACES = ("", *(f"_quarter_{number + 1}" for number in range(QUARTERS)))
"""Parts of the bands whose drops and rises are told: all of them, and each quarter."""
CYCLE = (
    "cycle_period",
    "cycle_regularity",
    "cycle_late",
    *(f"cycle_{measure}{place}" for measure, place in product(("drop", "rise"), PLACES)),
    *(f"cycle_{measure}{place}" for measure, place in product(("shape", "lean"), PLACES[1:])),
)
"""Names of the numbers of `cycle`."""

Levels = NDArray[np.float64]


def cycle(frames: NDArray[np.float32], frame_rate_hz: float) -> NDArray[np.float32]:
    """Return how strokes follow each other: the period, what departs from it, and the order within it.

    The period in seconds, and the autocorrelation of the levels at it; how far a cycle comes before or after its
    place between its neighbours, as a share of the period; how far an eighth of a cycle falls below the usual cycle
    and rises above it, in dB, in all bands and in each quarter of them; and, of the usual cycle in each quarter, the
    product ``c1² c2*`` of its first two harmonics as a real and an imaginary part, in dB. It is the bispectrum at
    the first harmonic, which does not depend on where a cycle begins, so that cycles need not be aligned with those
    of other clips; its imaginary part changes its sign where time runs backwards (S. Elgar & R. Guza, "Observations
    of bispectra of shoaling surface gravity waves", J. Fluid Mechanics 161, 1985).

    `frames`: shape (n_bands, n_frames); levels in dB.
    Returns: shape (21,), see `CYCLE`; the regularity alone, and otherwise 0, where there is no period.
    """
    levels = cycle_levels(frames)
    length, regularity = period(levels)
    found = np.zeros(len(CYCLE), np.float32)
    found[:2] = length / frame_rate_hz, regularity
    if length:
        cycles = Cycles.of(levels, length)
        departures = cycles.departures.max(axis=(1, 2))
        orders = _order(cycles.usual[1:])
        found[2:] = np.concatenate([[np.abs(cycles.lateness).max(initial=0.0)], departures, orders])
    return found


def cycle_levels(frames: NDArray[np.float32]) -> Levels:
    """Return the mean level of all groups of bands and of each quarter of them, less their means, (5, n_frames)."""
    levels = dip_levels(frames).astype(np.float64)
    levels -= levels.mean(axis=1, keepdims=True)
    return levels


def period(levels: Levels) -> tuple[float, float]:
    """Return the number of frames after which levels repeat themselves, and their autocorrelation at that lag.

    The period is the shortest of the lags that are nearly as good as the best, made exact by its multiples; 0
    where it recurs less than three times or the autocorrelation stays low. Drifts of the level are left out.

    `levels`: shape (n_rows, n_frames); each row less its mean.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    n = levels.shape[1]
    longest = n // FEWEST
    if longest <= SHORTEST:
        return 0.0, 0.0
    n_fft = next_fast_len(2 * n, real=True)
    spectra = rfft(levels, n_fft, axis=1)
    power = (spectra.real**2 + spectra.imag**2).sum(axis=0)
    power[: int(SLOWEST * n_fft / n) + 1] = 0
    alike = irfft(power, n_fft)[: n // 2] / np.arange(n, n - n // 2, -1)
    if alike[0] < LEAST:
        return 0.0, 0.0
    alike /= alike[0]
    inside = alike[SHORTEST:longest]
    is_peak = (inside >= alike[SHORTEST - 1 : longest - 1]) & (inside >= alike[SHORTEST + 1 : longest + 1])
    peaks = np.flatnonzero(is_peak)
    highest = float(inside[peaks].max(initial=0.0))
    if highest < REGULAR:
        return 0.0, highest
    lag = SHORTEST + int(peaks[inside[peaks] >= NEARLY * highest][0])
    return _exact(alike, lag), float(alike[lag])


def _exact(alike: Levels, lag: int) -> float:
    """Return a lag to a fraction, by the peaks near its multiples, each twice the one before."""
    found, multiple = float(lag), 1
    while (middle := round(multiple * found)) + 1 < len(alike):
        reach = 1 + int(EXACT * middle)
        at = middle - reach + int(alike[middle - reach : middle + reach + 1].argmax())
        if at + 1 >= len(alike):
            break
        before, peak, after = alike[at - 1 : at + 2].tolist()
        bend = before - 2 * peak + after
        found = (at + (min(max((before - after) / (2 * bend), -0.5), 0.5) if bend < 0 else 0.0)) / multiple
        multiple *= 2
    return found


@dataclass(frozen=True)
class Cycles:
    """The whole cycles of a sound, each moved to where it is most like the usual one.

    `levels`: shape (n_rows, n_cycles, 32); levels at each phase.
    `usual`: shape (n_rows, 32); their median.
    `moves`: shape (n_cycles,); by how many phases each was moved.
    """

    levels: Levels
    usual: Levels
    moves: NDArray[np.intp]

    @classmethod
    def of(cls, levels: Levels, length: float) -> Self:
        """Cut levels, shape (n_rows, n_frames), into cycles of so many frames."""
        phases = _at_phases(levels, length)
        last = phases.shape[1] - PHASES
        starts, within = np.arange(0, last + 1, PHASES)[:, None], np.arange(PHASES)
        asides = np.arange(-BAND, BAND + 1)
        places = np.clip(starts + asides, 0, last)
        usual = _median(phases[:1, starts + within])[0]
        usual -= usual.mean()
        likeness = np.correlate(phases[0], usual)[places] - STAY * float(usual @ usual) * np.abs(asides)
        moves = asides[likeness.argmax(axis=1)]
        cycles = phases[:, np.clip(starts + moves[:, None], 0, last) + within]
        return cls(cycles, _median(cycles), moves)

    @property
    def lateness(self) -> NDArray[np.float64]:
        """By what share of the period each inner cycle is late between its neighbours, shape (n_cycles - 2,)."""
        return (self.moves[1:-1] - (self.moves[:-2] + self.moves[2:]) / 2) / PHASES

    @cached_property
    def departures(self) -> Levels:
        """By how much the mean of each four phases lies below the usual cycle, and above it.

        A phase to either side counts as usual too, as in the bound of E. Keogh & C. Ratanamahatana, "Exact indexing of
        dynamic time warping", Knowledge and Information Systems 7, 2005. Shape (2 n_rows, n_cycles, 29).
        """
        around = np.concatenate([self.usual[:, -1:], self.usual, self.usual[:, :1]], axis=1)
        before, here, after = around[:, :-2], self.usual, around[:, 2:]
        low, high = np.minimum(np.minimum(before, after), here), np.maximum(np.maximum(before, after), here)
        away = np.concatenate([low[:, None] - self.levels, self.levels - high[:, None]])
        pairs = away[:, :, 1:] + away[:, :, :-1]
        departures: Levels = (pairs[:, :, 2:] + pairs[:, :, :-2]) / MOMENT
        return departures

    def time(self, number: int, phase: float) -> float:
        """Return how many periods after the beginning of the sound a phase of a cycle lies."""
        return number + (float(self.moves[number]) + phase) / PHASES


def _at_phases(levels: Levels, length: float) -> Levels:
    """Return the mean level in each phase of a period of so many frames, one period after the other."""
    n = levels.shape[1]
    sums = np.zeros((len(levels), n + 2))
    np.cumsum(levels, axis=1, out=sums[:, 1:-1])
    sums[:, -1] = sums[:, -2]
    edges = np.arange(int(n * PHASES / length) + 1) * (length / PHASES)
    whole = edges.astype(np.intp)
    at_edges = sums[:, whole]
    at_edges += (sums[:, whole + 1] - at_edges) * (edges - whole)
    return np.diff(at_edges, axis=1) * (PHASES / length)


def _median(cycles: Levels) -> Levels:
    """Return the median cycle of each row, the higher one of two."""
    middle = cycles.shape[1] // 2
    median: Levels = np.partition(cycles, middle, axis=1)[:, middle]
    return median


def _order(usual: Levels) -> NDArray[Any]:
    """Return real and imaginary part of the bispectrum of each row's first harmonic, in the unit of the levels."""
    harmonics = np.fft.rfft(usual, axis=1)[:, 1:3] / PHASES
    pair = harmonics[:, 0] ** 2 * harmonics[:, 1].conj()
    pair /= np.maximum(np.abs(pair), LEAST) ** (2 / 3)
    return np.concatenate([pair.real, pair.imag])
