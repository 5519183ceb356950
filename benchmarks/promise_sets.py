"""Normal clips of machines in the order of time: which of them came later, or are of other recordings.

Arrays are MIMII's, rebuilt as sound from their mean spectra, in the order of their numbers; MIMII itself tests the
first clips, as many as there are abnormal ones, and learns from the others. Flights are also given in pieces, as files
of their own, clean and in ambience, without and with the flight as their group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks.proxy_clips import RATE, Samples
from benchmarks.real_sets import in_noise, noises, pieces, real_case
from benchmarks.rebuilt import script
from offkey.datasets.grouping import group_names

__all__ = ["InTime", "arrays", "in_pieces", "real"]

MACHINES, IDS, SNRS = ("fan", "pump"), ("00", "02"), ("6dB", "0dB", "min6dB")
SECONDS = 3.0
MOST_ANOMALOUS = 60
PIECE_S, AMBIENCE_DB = 2.0, -12.0
_NUMBER = re.compile(r"^(.*)_(\d+)_w\d+$")
FLIGHTS = "drone_propeller"
_TESTED = 0.4  # share of the clips of a set in one order that is tested


@dataclass(frozen=True)
class InTime:
    """Clips of one machine.

    `later`: shape (n,); which normal clips are not of the time, or of the recordings, that is learnt.
    `groups`: the group of each normal clip, where the fit is told.
    """

    name: str
    by: str  # what tells them apart
    normal: list[Samples]
    later: NDArray[np.bool_]
    anomalous: list[Samples]
    rate: int = RATE
    groups: list[str] | None = None


def arrays(data: Path) -> Iterator[InTime]:
    """Give each rebuilt machine of MIMII, id and signal-to-noise ratio."""
    rebuild = script(data)
    for machine in MACHINES:
        for ident in IDS:
            for snr in SNRS:
                rows = [rebuild.rows(data / "mimii_spectra", machine, snr, ident, of) for of in ("normal", "abnormal")]
                rng = np.random.default_rng(0)
                normal, faulty = (
                    [np.clip(rebuild.clip(row, rng, SECONDS), -1, 1) for row in some]
                    for some in (rows[0], rows[1][:MOST_ANOMALOUS])
                )
                later = np.arange(len(normal)) < len(rows[1])
                decibels = snr.replace("min", "-").replace("dB", " dB")
                yield InTime(f"{machine} {ident} at {decibels}", "first clips", normal, later, faulty)


def real(data: Path) -> Iterator[InTime]:
    """Give each set of real recordings."""
    rail = sorted((data / "dcase2020_real" / "slider" / "train").iterdir())
    yield _machine("slide rail", "first clips", rail, np.arange(len(rail)) < _TESTED * len(rail), [])
    for name, by in ((FLIGHTS, "other flights"), ("air_compressor", "another day")):
        train, test, faulty = (_clips(data, name, part) for part in ("train", "test_normal", "test_anomaly"))
        yield _machine(name, by, train + test, np.arange(len(train + test)) >= len(train), faulty)
    for name, by in (("bldc_prop", "last clips"), ("vibration", "other speeds and loads")):
        normal = _clips(data, name, "train") + _clips(data, name, "test_normal")
        later = _last_numbers(normal) if name == "bldc_prop" else _other_recordings(normal)
        yield _machine(name, by, normal, later, _clips(data, name, "test_anomaly"))


def in_pieces(data: Path) -> Iterator[InTime]:
    """Give flights in pieces, without and with their groups."""
    paths = _clips(data, FLIGHTS, "train") + _clips(data, FLIGHTS, "test_normal")
    flights, clean = group_names([str(path) for path in paths], "recording"), real_case(data, FLIGHTS)
    noisy = in_noise(clean, noises(data, "ambience"), AMBIENCE_DB)
    for name, case in (("flights in pieces", clean), (f"the same in ambience at {AMBIENCE_DB:g} dB", noisy)):
        of_clip = [pieces([clip], round(PIECE_S * case.rate)) for clip in case.train + case.normal]
        owner = np.repeat(np.arange(len(of_clip)), [len(some) for some in of_clip])
        normal, faulty = [*chain.from_iterable(of_clip)], pieces(case.anomalous, round(PIECE_S * case.rate))
        later, groups = owner >= len(case.train), [flights[row] for row in owner]
        few = faulty[:: max(1, len(faulty) // MOST_ANOMALOUS)]
        for told in (None, groups):
            by = "other flights" if told is None else "other flights, grouped"
            yield InTime(name, by, normal, later, few, case.rate, told)


def _clips(data: Path, name: str, part: str) -> list[Path]:
    return sorted((data / "real" / name / part).iterdir())


def _last_numbers(paths: list[Path]) -> NDArray[np.bool_]:
    """Return which clips have the last numbers of their state."""
    parts = [match.groups() for path in paths if (match := _NUMBER.match(path.stem))]
    last = np.zeros(len(paths), bool)
    for state in {state for state, _ in parts}:
        rows = sorted((int(number), row) for row, (of, number) in enumerate(parts) if of == state)
        last[[row for _, row in rows[round((1 - _TESTED) * len(rows)) :]]] = True
    return last


def _other_recordings(paths: list[Path]) -> NDArray[np.bool_]:
    """Return which clips are of every third recording."""
    recordings = group_names([path.name for path in paths], "recording")
    return np.isin(recordings, sorted(set(recordings))[1::3])


def _machine(name: str, by: str, normal: list[Path], later: NDArray[np.bool_], faulty: list[Path]) -> InTime:
    """Read the clips, of the anomalous ones so many that are evenly spread."""
    some = np.linspace(0, len(faulty) - 1, min(len(faulty), MOST_ANOMALOUS)).round().astype(int)
    read = [soundfile.read(path, dtype="float32") for path in [*normal, *(faulty[row] for row in some)]]
    sounds = [np.asarray(samples, np.float32) for samples, _ in read]
    return InTime(name, by, sounds[: len(normal)], later, sounds[len(normal) :], read[0][1])
