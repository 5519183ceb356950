"""Sets of real recordings, clean and in real noise: other pieces of it where clips are tested than where they train.

A set is a folder with ``train/``, ``test_normal/`` and ``test_anomaly/``. Noise is a slide rail (two clips at once) or
ambience (rain, sea, fire, a helicopter, a chainsaw); a clip's own level over it lies within `SPREAD_DB` of the mean.
Mixtures are at 16 kHz, the rate of the slide rail: above its half nothing would be masked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np
import soundfile
import soxr

from benchmarks.peers import Case
from benchmarks.proxy_clips import RATE, Samples

__all__ = [
    "MOST",
    "NOISES",
    "Noise",
    "at_rate",
    "in_noise",
    "level",
    "noises",
    "pieces",
    "real_case",
    "real_sets",
    "spread",
]

MOST = 120
"""Clips that are tested of each kind; of more, so many evenly spread ones."""
SPREAD_DB = 3.0
T = TypeVar("T")
NOISES = {"slide rail": ("dcase2020_real/slider/train", 2), "ambience": ("noise/ambience", 1)}
"""Where the pieces of a kind of noise lie, and how many sound at once."""


@dataclass(frozen=True)
class Noise:
    """Pieces of noise of power 1, at one rate, and how many of them sound at once."""

    pieces: list[Samples]
    at_once: int = 1

    def halves(self) -> tuple[Noise, Noise]:
        """Return every other piece, and the others."""
        first, second = self.pieces[::2], self.pieces[1::2]
        return replace(self, pieces=first), replace(self, pieces=second)

    def draw(self, n: int, rng: np.random.Generator) -> Samples:
        """Return noise of n samples and power 1: pieces at random, rolled, one after the other."""
        total = np.sum([self._one(n, rng) for _ in range(self.at_once)], axis=0)
        return np.asarray(total / level([total]), np.float32)

    def _one(self, n: int, rng: np.random.Generator) -> Samples:
        parts: list[Samples] = []
        while sum(map(len, parts)) < n:
            piece = self.pieces[int(rng.integers(len(self.pieces)))]
            parts.append(np.roll(piece, int(rng.integers(len(piece)))))
        return np.concatenate(parts)[:n]


def real_sets(data: Path) -> list[str]:
    """Return the names of the sets."""
    return sorted(path.parent.name for path in (data / "real").glob("*/test_anomaly"))


def real_case(data: Path, name: str, most: int = MOST) -> Case:
    """Return the clips of a set at their own rate: all that train, at most so many of each kind that are tested."""
    parts: list[list[Samples]] = []
    rates: set[int] = set()
    for part, limit in (("train", None), ("test_normal", most), ("test_anomaly", most)):
        paths = sorted((data / "real" / name / part).iterdir())
        clips = [soundfile.read(path, dtype="float32") for path in spread(paths, limit or len(paths))]
        rates |= {rate for _, rate in clips}
        parts.append([np.asarray(samples, np.float32) for samples, _ in clips])
    if len(rates) != 1:
        raise SystemExit(f"The clips of {name} must have one sampling rate; found {sorted(rates)} Hz.")
    train, normal, anomalous = parts
    return Case(name, train, normal, anomalous, rates.pop())


def at_rate(case: Case, rate: int) -> Case:
    """Return a case at another sampling rate."""
    if case.rate == rate:
        return case
    train, normal, anomalous = (
        [np.asarray(soxr.resample(clip, case.rate, rate), np.float32) for clip in clips]
        for clips in (case.train, case.normal, case.anomalous)
    )
    return Case(case.name, train, normal, anomalous, rate)


def spread(items: Sequence[T], most: int) -> list[T]:
    """Return all, or so many that are evenly spread."""
    rows = np.linspace(0, len(items) - 1, min(len(items), most)).round().astype(int)
    return [items[row] for row in rows]


def pieces(clips: Sequence[Samples], length: int) -> list[Samples]:
    """Cut clips into whole pieces of so many samples; shorter clips stay as they are."""
    return [
        clip[start : start + length] for clip in clips for start in range(0, max(len(clip) - length, 0) + 1, length)
    ]


@cache
def noises(data: Path, kind: str) -> Noise:
    """Return the pieces of a kind of noise, at 16 kHz."""
    folder, at_once = NOISES[kind]
    paths = sorted(path for path in (data / folder).iterdir() if path.suffix in (".wav", ".ogg", ".flac"))
    pieces = []
    for path in paths:
        samples, own = soundfile.read(path, dtype="float32")
        piece = np.asarray(soxr.resample(samples, own, RATE), np.float32)
        if (rms := level([piece])) > 0:
            pieces.append(piece / np.float32(rms))
    return Noise(pieces, at_once)


def in_noise(
    case: Case, noise: Noise, snr_db: float, *, of: float | None = None, tested_db: float = 0.0, seed: int = 0
) -> Case:
    """Return a case at 16 kHz in noise, with the same gain for all clips.

    `snr_db`: mean level over the noise.
    `of`: the RMS whose level that is, by default of the clips that train.
    `tested_db`: by how much more noise there is where clips are tested.
    """
    case = at_rate(case, RATE)
    gain = (of or level(case.train)) / 10 ** (snr_db / 20)
    whole = np.float32(1 / np.sqrt(1 + 10 ** (-snr_db / 10)))  # so that a mixture is as loud as the clips were
    known, unheard = noise.halves()

    def mixed(clips: Sequence[Samples], heard: Noise, part: int, more_db: float) -> list[Samples]:
        found = []
        for number, clip in enumerate(clips):
            rng = np.random.default_rng((seed, part, number))  # the same noise at every level
            own = gain * 10 ** ((more_db + rng.uniform(-SPREAD_DB, SPREAD_DB)) / 20)
            found.append(whole * (clip + np.float32(own) * heard.draw(len(clip), rng)))
        return found

    return replace(
        case,
        train=mixed(case.train, known, 0, 0.0),
        normal=mixed(case.normal, unheard, 1, tested_db),
        anomalous=mixed(case.anomalous, unheard, 2, tested_db),
    )


def level(clips: Sequence[Samples]) -> float:
    """Return the RMS of all clips together."""
    return float(np.sqrt(np.mean([np.mean(np.square(clip, dtype=np.float64)) for clip in clips])))
