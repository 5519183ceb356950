"""Machines that repeat a cycle of strokes, of real and of synthetic sound, and faults of their order in time.

A cycle is a strong stroke and a weaker one behind it, or a load that comes at once and goes slowly. Periods, places and
strengths of strokes vary from clip to clip and from stroke to stroke by about a hundredth and by 1 dB.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.proxy_clips import RATE, Samples, read, real_slider
from benchmarks.real_sets import real_case

__all__ = ["FAULTS", "Cycles", "Stroke", "cycles_of", "fault_in", "load_cycles", "machines", "synthetic"]

CLIP_S, APART, WEAKER_DB = 10.0, 0.38, -6.0
"""Length of a clip; place of the weaker stroke in the period, and its level beside the strong one."""
JITTER, LEVEL_DB, FADE_S = 0.01, 1.0, 0.02
LOAD_DB = 6.0
"""Swing of the level in a cycle of load."""


@dataclass(frozen=True)
class Stroke:
    """A stroke of a clip: its time, which of the two of a cycle it is, and by how much it is louder or weaker."""

    at_s: float
    kind: int
    level_db: float
    backwards: bool = False


@dataclass(frozen=True)
class Cycles:
    """A machine: recordings of strokes of both kinds, and of the sound between them."""

    name: str
    strokes: tuple[Sequence[Samples], Sequence[Samples]]
    between: Sequence[Samples]
    period_s: float

    def draw(self, rng: np.random.Generator) -> list[Stroke]:
        """Draw the strokes of a clip."""
        period_s, first_s = self.period_s * (1 + JITTER * rng.normal()), -rng.random() * self.period_s
        found = []
        for number in range(2 * (int(CLIP_S / period_s) + 2)):
            cycle, kind = divmod(number, 2)
            at_s = first_s + period_s * (cycle + APART * kind + JITTER * rng.normal())
            found.append(Stroke(at_s, kind, kind * WEAKER_DB + LEVEL_DB * rng.normal()))
        return found

    def sound(self, strokes: Sequence[Stroke], rng: np.random.Generator) -> Samples:
        """Return the sound of strokes, each a recording of its kind, over what lies between them."""
        n = round(CLIP_S * RATE)
        clip = self._between(n, rng)
        for stroke in strokes:
            of_kind = self.strokes[stroke.kind]
            sound = of_kind[int(rng.integers(len(of_kind)))] * 10 ** (stroke.level_db / 20)
            start = round(stroke.at_s * RATE)
            low, high = max(start, 0), min(start + len(sound), n)
            if low < high:
                sound = sound[::-1] if stroke.backwards else sound
                clip[low:high] += sound[low - start : high - start]
        return clip.astype(np.float32)

    def _between(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return the sound between strokes: one recording again and again, or, of short ones, parts of several."""
        fade = round(FADE_S * RATE)
        ramp = np.sin(np.linspace(0, np.pi / 2, fade))
        clip, end = np.zeros(n), 0
        piece = self.between[int(rng.integers(len(self.between)))]
        while end < n - fade:
            length = len(piece) if len(piece) >= n // 2 else len(piece) // 2
            start = int(rng.integers(len(piece) - length + 1))
            part = piece[start : start + length].astype(np.float64)
            part[:fade] *= ramp
            part[-fade:] *= ramp[::-1]
            part = part[: n - end]
            clip[end : end + len(part)] += part
            end += length - fade
            if len(piece) < n // 2:
                piece = self.between[int(rng.integers(len(self.between)))]
        return np.roll(clip, int(rng.integers(n)))


def weaker(strokes: list[Stroke], loss_db: float, period_s: float, rng: np.random.Generator) -> list[Stroke]:
    """Weaken one strong stroke by a loss in dB."""
    one = _one(strokes, rng)
    return [replace(s, level_db=s.level_db - loss_db) if place == one else s for place, s in enumerate(strokes)]


def later(strokes: list[Stroke], share: float, period_s: float, rng: np.random.Generator) -> list[Stroke]:
    """Let one strong stroke come later by a share of the period."""
    one = _one(strokes, rng)
    return [replace(s, at_s=s.at_s + share * period_s) if place == one else s for place, s in enumerate(strokes)]


def swapped(strokes: list[Stroke], share: float, period_s: float, rng: np.random.Generator) -> list[Stroke]:
    """Let the weaker stroke come first in a share of the cycles, at least one."""
    firsts = _inside(strokes)
    count = max(1, round(share * len(firsts)))
    chosen = set(rng.choice(firsts, count, replace=False).tolist())
    found = list(strokes)
    for place in chosen:
        first, second = strokes[place], strokes[place + 1]
        found[place], found[place + 1] = replace(second, at_s=first.at_s), replace(first, at_s=second.at_s)
    return found


def mirrored(strokes: list[Stroke], share: float, period_s: float, rng: np.random.Generator) -> list[Stroke]:
    """Play a share of the clip backwards in its order: each of its strokes lies as far from the other end."""
    ends_s = CLIP_S * share
    start_s = float(rng.random() * (CLIP_S - ends_s))
    return [
        replace(s, at_s=2 * start_s + ends_s - s.at_s) if start_s <= s.at_s < start_s + ends_s else s for s in strokes
    ]


Fault = Callable[[list[Stroke], float, float, np.random.Generator], list[Stroke]]

FAULTS: dict[str, tuple[Fault, tuple[float, float, float]]] = {
    "one stroke missing, 12 dB, 6 dB weaker": (weaker, (60.0, 12.0, 6.0)),
    "one stroke late by .2 / .1 / .05 of the period": (later, (0.2, 0.1, 0.05)),
    "strokes swapped in all cycles / half / one": (swapped, (1.0, 0.5, 0.0)),
    "order backwards for all / half / a quarter of the clip": (mirrored, (1.0, 0.5, 0.25)),
}
"""How each fault is planted, and how much of it at each strength."""


def cycles_of(machine: Cycles, numbers: range, seed: int) -> list[Samples]:
    """Return normal clips."""
    return [_clip(machine, number, seed, None, 0.0) for number in numbers]


def fault_in(machine: Cycles, fault: str, strength: int, numbers: range, seed: int) -> list[Samples]:
    """Return the same clips with a fault, drawn alike at every strength."""
    plant, amounts = FAULTS[fault]
    return [_clip(machine, number, seed, plant, amounts[strength]) for number in numbers]


def _clip(machine: Cycles, number: int, seed: int, plant: Fault | None, amount: float) -> Samples:
    strokes = machine.draw(np.random.default_rng((seed, number, 0)))
    if plant is not None:
        strokes = plant(strokes, amount, machine.period_s, np.random.default_rng((seed, number, 1)))
    return machine.sound(strokes, np.random.default_rng((seed, number, 2)))


def machines(data: Path, part: int) -> list[Cycles]:
    """Return the machines; clips of part 0 and of part 1 share no second of recorded sound."""
    return [synthetic(part), _valve(data, part), _slide_rail(data, part)]


def load_cycles(data: Path, part: int, numbers: range, seed: int, mirrored_share: float = 0.0) -> list[Samples]:
    """Return real flights under a load that comes at once and goes slowly every 1.6 s, or the other way round."""
    case = real_case(data, "drone_propeller")
    flights = case.train if part == 0 else case.normal
    found = []
    for number in numbers:
        rng = np.random.default_rng((seed, number, 3))
        flight = flights[number % len(flights)]
        period_s = 1.6 * (1 + JITTER * rng.normal())
        place = (np.arange(len(flight)) / case.rate / period_s + rng.random()) % 1.0
        cycle = np.floor(np.arange(len(flight)) / case.rate / period_s)
        backwards = cycle < mirrored_share * (cycle.max() + 1)
        load = np.where(backwards, place, 1 - place)
        gain = 10 ** (LOAD_DB * (load - 0.5) / 20)
        found.append((flight * gain).astype(np.float32))
    return found


def synthetic(part: int) -> Cycles:
    """Return a machine of made-up sound: blows that ring at 400 Hz and puffs of noise over hum and noise."""
    rng = np.random.default_rng((part, 9))
    t = np.arange(round(0.25 * RATE)) / RATE
    blows = [_faded(np.exp(-t / 0.04) * np.sin(2 * np.pi * rng.normal(400, 4) * t)) for _ in range(8)]
    puffs = [_faded(0.5 * np.exp(-t / 0.08) * rng.standard_normal(len(t))) for _ in range(8)]
    whole = np.arange(round(CLIP_S * RATE)) / RATE
    between = [
        np.asarray(0.1 * np.sin(2 * np.pi * 100 * whole) + 0.05 * rng.standard_normal(len(whole)), np.float32)
        for _ in range(8)
    ]
    return Cycles("synthetic blows and puffs", (blows, puffs), between, 1.3)


def _valve(data: Path, part: int) -> Cycles:
    """Return strokes and rest of a real valve; every other one belongs to the other part."""
    strokes: list[Samples] = []
    rest: list[Samples] = []
    for path in sorted((data / "dcase2020_real" / "valve" / "test").glob("normal*.wav")):
        clip = read(path)
        places = _loud_places(clip)
        strokes += [_faded(clip[at : at + round(0.4 * RATE)]) for at in places if at + round(0.4 * RATE) <= len(clip)]
        ends = [0, *(at + round(0.5 * RATE) for at in places), len(clip)]
        gaps = [clip[low:high] for low, high in zip(ends, [*places, len(clip)], strict=False) if high - low > RATE]
        rest += [half for gap in gaps for half in np.array_split(gap, 2)]
    return Cycles("real strokes of a valve", (strokes[part::2], strokes[part::2]), rest[part::2], 1.1)


def _slide_rail(data: Path, part: int) -> Cycles:
    """Return strokes of 0.4 s from the loud clips of a real slide rail, over its quiet ones."""
    rail = real_slider(data, seed=0)
    clips = sorted([*rail.train, *rail.test], key=lambda clip: float(np.mean(clip**2)))
    third = len(clips) // 3
    length = round(0.4 * RATE)
    loud = [_faded(clip[start : start + length]) for clip in clips[-third:] for start in range(0, 8 * length, length)]
    quiet = [np.array_split(clip, 2)[part] for clip in clips[:third]]
    return Cycles("strokes cut from a real slide rail", (loud[part::4], loud[part + 2 :: 4]), quiet, 1.9)


def _loud_places(clip: Samples) -> list[int]:
    """Return where the strokes of a valve begin: the power of its differences rises tenfold over the usual."""
    block = round(0.02 * RATE)
    power = np.square(np.diff(clip, 2)[: len(clip) // block * block - 2 * block].reshape(-1, block)).mean(axis=1)
    above = power > 10 * np.median(power)
    found: list[int] = []
    for at in np.flatnonzero(above):
        if not found or at * block - found[-1] > round(0.5 * RATE):
            found.append(int(at - 1) * block)
    return [max(0, at) for at in found]


def _faded(sound: NDArray[np.floating]) -> Samples:
    fade = np.linspace(0, 1, round(FADE_S * RATE))
    whole = np.ones(len(sound))
    whole[-len(fade) :] = fade[::-1]
    whole[: len(fade) // 4] = fade[::4][: len(fade) // 4]
    return np.asarray(sound * whole, np.float32)


def _inside(strokes: Sequence[Stroke]) -> list[int]:
    """Return the strong strokes well inside a clip, whose cycle is too."""
    return [
        place
        for place, s in enumerate(strokes[:-1])
        if s.kind == 0 and s.at_s > 0.5 and strokes[place + 1].at_s < CLIP_S - 1
    ]


def _one(strokes: Sequence[Stroke], rng: np.random.Generator) -> int:
    return int(rng.choice(_inside(strokes)))
