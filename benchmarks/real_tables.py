"""The tables of `benchmarks.real`: sets in noise, planted faults, faulty clips among those learnt, and change."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import Case
from benchmarks.planted import FAULTS, STRENGTHS, plant
from benchmarks.proxy_clips import RATE, Samples, real_slider
from benchmarks.real_scores import Scores, ahead, alarms, best_peer, intervals, of_case, score, scored
from benchmarks.real_sets import MOST, at_rate, in_noise, level, noises, pieces, real_case, real_sets, spread
from benchmarks.real_systems import RATES, System, hear
from benchmarks.tables import areas, pair, print_head, print_row
from offkey.evaluation.intervals import paired_differences
from offkey.work.jobs import default_jobs
from offkey.work.thread_pool import Threads

__all__ = ["COUNTS", "LEARNT", "TABLES", "Asked", "Levels", "changed", "contaminated", "of_length"]

Levels = Mapping[str, Sequence[float]]
"""Kinds of noise, and mean levels of the clips over it in dB."""
NOISY: Levels = {"slide rail": (6.0, 0.0), "ambience": (6.0, -6.0)}
COUNTS, LEARNT, PIECE_S = (0, 1, 2, 5, 10), 100, 5.0
FLIGHTS, RAIL, NOISE = "drone_propeller", "slide rail", "ambience"
FLIGHTS_NOISY: Levels = {"slide rail": (-10.0, -16.0), "ambience": (-12.0, -18.0, -24.0)}
"""Flights stand deeper in noise: their level alone tells all faults before."""
FLIGHTS_DB, NOISE_DB = -18.0, 0.0
"""Levels over ambience in the tables of faulty clips learnt and of change, of flights and of other sets."""
CLIPS_LEARNT, COUNTED_S = (20, 50, 100, 200, 400), 1.0
"""How many clips are learnt in the table of change, so short that there are as many different ones."""
LENGTHS_S, CHANGED_RATES = (2.0, 10.0, 30.0), (8_000, 22_050, 44_100, 48_000)
AHEAD, PROMISED = "ahead of the default", " / ".join(f"{rate:g}" for rate in RATES)


@dataclass(frozen=True)
class Asked:
    """What is measured: the folder, names of sets, systems, and at most how many clips are tested of each kind."""

    data: Path
    names: Sequence[str]
    systems: Sequence[System]
    most: int = MOST
    noisy: Levels | None = None

    def levels(self, name: str) -> list[tuple[str, float]]:
        """Return the kinds and levels of noise that a set stands in."""
        levels = self.noisy or (FLIGHTS_NOISY if name == FLIGHTS else NOISY)
        return [(kind, snr_db) for kind, of_kind in levels.items() for snr_db in of_kind]

    @property
    def columns(self) -> list[str]:
        """The names of the systems."""
        return [system.name for system in self.systems]


def sets(asked: Asked) -> None:
    """Print areas, intervals and realised false alarms of every set, clean and in noise."""
    found: dict[tuple[str, str], dict[str, Scores]] = {}
    print_head("set", "noise", *asked.columns, AHEAD, words=2)
    for name in asked.names:
        clean = real_case(asked.data, name, asked.most)
        for kind, snr_db in [("", 0.0), *asked.levels(name)]:
            case = in_noise(clean, noises(asked.data, kind), snr_db) if kind else clean
            key = name, f"{kind} {snr_db:+.0f} dB" if kind else "none"
            found[key] = of_case(asked.systems, case)
            print_row(*key, *(pair(one.areas) for one in found[key].values()), ahead(found[key]))
    mean = {column: np.mean([row[column].areas for row in found.values()], axis=0).tolist() for column in asked.columns}
    print_row("**mean**", "", *map(pair, mean.values()), _lead(mean))
    print("\n95 % intervals, and how far the best peer lies from the default:\n")
    print_head("set", "noise", "default: AUC", "pAUC", "best peer", "AUC less the default's", "pAUC", words=2)
    for key, row in found.items():
        print_row(*key, *map(_interval, intervals(row[asked.columns[0]])), *_beside(row))
    print(f"\nFalse alarms at promised {PROMISED}:\n")
    print_head("set", "noise", *asked.columns, words=2)
    for key, row in found.items():
        print_row(*key, *map(alarms, row.values()))


def planted(asked: Asked) -> None:
    """Print the AUC of planted faults, strong, middle and weak, in clips of a slide rail and in flights."""
    rail = real_slider(asked.data, seed=0)
    cases = {RAIL: (rail.train, rail.test, RATE)}
    if FLIGHTS in asked.names:
        flights = real_case(asked.data, FLIGHTS, asked.most)
        cases["flights"] = flights.train, flights.normal, flights.rate
    for name, (train, normal, rate) in cases.items():
        print(f"\nFaults in {name}, AUC strong / middle / weak ({len(train)} clips learnt, {len(normal)} tested):\n")
        print_head("fault", *asked.columns, AHEAD)
        tested = spread(normal, asked.most)
        found = score(asked.systems, train, _planted(tested, rate), rate)
        aucs = {
            system: np.array([[areas(by["normal"], by[fault, how])[0] for how in STRENGTHS] for fault in FAULTS])
            for system, (_, by) in found.items()
        }
        rows = [{system: of_all[place].tolist() for system, of_all in aucs.items()} for place in range(len(FAULTS))]
        for fault, row in zip(FAULTS, rows, strict=True):
            print_row(fault, *map(_aucs, row.values()), _lead(row))
        mean = {system: of_all.mean(axis=0).tolist() for system, of_all in aucs.items()}
        print_row("**mean**", *map(_aucs, mean.values()), _lead(mean))


def _planted(clips: Sequence[Samples], rate: int) -> Iterator[tuple[Hashable, list[Samples]]]:
    """Give the clips as they are, and with each fault at each strength."""
    yield "normal", list(clips)
    threads = Threads(default_jobs())
    for fault, strength in product(FAULTS, STRENGTHS):
        with_fault = partial(_plant_in, clips, rate, fault, strength)
        yield (fault, strength), list(threads.map(with_fault, range(len(clips))))


def _plant_in(clips: Sequence[Samples], rate: int, fault: str, strength: str, number: int) -> Samples:
    return plant(clips[number], rate, fault, strength, number)


def contaminated(case: Case, seed: int = 0) -> tuple[Case, list[Samples]]:
    """Return a case with `LEARNT` normal clips, and faulty ones to learn in their place, which are not tested.

    Clips are pieces of `PIECE_S` at most. Where there are fewer normal ones than are learnt, they come again, each time
    in other noise once noise is mixed in.
    """
    order = np.random.default_rng(seed).permutation(len(case.anomalous))
    length = round(PIECE_S * case.rate)
    faulty = [case.anomalous[row][:length] for row in order[: max(COUNTS)]]
    rest = [case.anomalous[row] for row in sorted(order[max(COUNTS) :])]
    train, normal, anomalous = (pieces(clips, length) for clips in (case.train, case.normal, rest))
    learnt = [train[number % len(train)] for number in range(LEARNT)]
    return replace(case, train=learnt, normal=spread(normal, MOST), anomalous=spread(anomalous, MOST)), faulty


def learnt_with(faulty: int, seed: int = 0) -> list[int]:
    """Return which of the normal clips, followed by the faulty ones, are learnt: as many less, as many more."""
    order = np.random.default_rng(seed).permutation(LEARNT)
    return [*sorted(order[faulty:].tolist()), *range(LEARNT, LEARNT + faulty)]


def faulty_learnt(asked: Asked) -> None:
    """Print the AUC by the number of faulty clips among 100 learnt."""
    print(f"AUC with {' / '.join(map(str, COUNTS))} faulty clips among {LEARNT} learnt:\n")
    print_head("set", *asked.columns, AHEAD)
    means: list[NDArray[np.float64]] = []
    for name in asked.names:
        clean, bad = contaminated(at_rate(real_case(asked.data, name, asked.most), RATE))
        noise, of = noises(asked.data, NOISE), level(clean.train)
        snr_db = FLIGHTS_DB if name == FLIGHTS else NOISE_DB
        case = in_noise(clean, noise, snr_db)
        bad = in_noise(replace(clean, train=bad, normal=[], anomalous=[]), noise, snr_db, of=of, seed=1).train
        pool, normal, anomalous = (
            hear(asked.systems, clips, case.rate) for clips in ([*case.train, *bad], case.normal, case.anomalous)
        )
        rows: dict[str, list[float]] = {column: [] for column in asked.columns}
        for count in COUNTS:
            for system in asked.systems:
                kept = pool[system.does.hear]
                fitted = system.does.fit([kept[row] for row in learnt_with(count)], case.rate)
                rows[system.name].append(scored(system, fitted, normal, anomalous).areas[0])
        means.append(np.array(list(rows.values())))
        print_row(name, *map(_aucs, rows.values()), _lead(rows))
    mean = dict(zip(asked.columns, np.mean(means, axis=0).tolist(), strict=True))
    print_row("**mean**", *map(_aucs, mean.values()), _lead(mean))


def changed(clips: Sequence[Samples], rate: int, *, gain_db: float = 0.0, tilt_db: float = 0.0) -> list[Samples]:
    """Return clips louder by a gain, and with treble (from 2 kHz) raised and bass (to 500 Hz) lowered by a tilt."""
    found = []
    for clip in clips:
        spectrum = np.fft.rfft(clip)
        hz = np.fft.rfftfreq(len(clip), 1 / rate)
        place = np.clip(np.log2(np.maximum(hz, 1.0) / 1000.0), -1.0, 1.0)
        found.append(np.fft.irfft(spectrum * 10 ** ((gain_db + tilt_db * place) / 20), len(clip)).astype(np.float32))
    return found


def _flights(
    asked: Asked, seconds: float, *, tested_db: float = 0.0, count: int | None = None, beside: Sequence[Samples] = ()
) -> Case:
    """Return flights in ambience as clips of a length, in more noise where they are tested, and what is learnt.

    `count`: how many clips are learnt, evenly spread over the flights; by default all.
    `beside`: clips of other machines that are learnt too.
    """
    whole = real_case(asked.data, FLIGHTS, asked.most)
    length = round(seconds * whole.rate)
    train, normal, anomalous = (of_length(clips, length) for clips in (whole.train, whole.normal, whole.anomalous))
    train = spread(train, count or len(train))
    normal, anomalous = (spread(clips, asked.most) for clips in (normal, anomalous))
    case = replace(whole, train=[*train, *beside], normal=normal, anomalous=anomalous)
    return in_noise(case, noises(asked.data, NOISE), FLIGHTS_DB, of=level(whole.train), tested_db=tested_db)


def of_length(clips: Sequence[Samples], length: int) -> list[Samples]:
    """Cut clips into whole pieces of so many samples; shorter clips are joined, as many as a piece needs."""
    joined = -(-length // len(clips[0]))
    groups = [clips[at : at + joined] for at in range(0, len(clips) - joined + 1, joined)]
    return pieces([np.concatenate(group) for group in groups], length)


def _other_machines(asked: Asked, most: int) -> dict[str, list[Samples]]:
    """Return clips of a slide rail and of the first other set, as long and as loud as flights, by name."""
    flights = real_case(asked.data, FLIGHTS, asked.most)
    found = {RAIL: (real_slider(asked.data, seed=0).train, RATE)}
    for name in [name for name in real_sets(asked.data) if name != FLIGHTS][:1]:
        case = real_case(asked.data, name, asked.most)
        found[name] = case.train, case.rate
    machines = {}
    for name, (clips, rate) in found.items():
        at_that = at_rate(Case(name, clips, [], [], rate), flights.rate).train
        gain = np.float32(level(flights.train) / level(at_that))
        machines[name] = spread([gain * clip for clip in of_length(at_that, round(PIECE_S * flights.rate))], most)
    return machines


def _changes(asked: Asked) -> Iterator[tuple[Case, dict[str, Case]]]:
    """Give what is learnt, and what is tested after it by the name of the change."""
    case = _flights(asked, PIECE_S)

    def tested(**change: float) -> Case:
        normal, anomalous = (changed(clips, case.rate, **change) for clips in (case.normal, case.anomalous))
        return replace(case, normal=normal, anomalous=anomalous)

    yield (
        case,
        {
            "none": case,
            "gain +6 dB": tested(gain_db=6.0),
            "gain -6 dB": tested(gain_db=-6.0),
            "treble +3 dB, bass -3 dB": tested(tilt_db=3.0),
            "noise +3 dB": _flights(asked, PIECE_S, tested_db=3.0),
        },
    )
    for count in CLIPS_LEARNT:
        other = _flights(asked, COUNTED_S, count=count)
        yield other, {f"{len(other.train)} clips of {COUNTED_S:g} s learnt": other}
    for seconds in LENGTHS_S:
        yield (other := _flights(asked, seconds)), {f"clips of {seconds:g} s, learnt and tested": other}
    for rate in CHANGED_RATES:
        yield (other := at_rate(case, rate)), {f"{rate / 1000:g} kHz, learnt and tested": other}
    machines = _other_machines(asked, len(case.train))
    beside = [clip for clips in machines.values() for clip in clips]
    yield (other := _flights(asked, PIECE_S, beside=beside)), {f"{', '.join(machines)} learnt too": other}


def changes(asked: Asked) -> None:
    """Print areas and false alarms of flights in ambience after a change."""
    if FLIGHTS not in asked.names:
        return
    found: dict[str, dict[str, Scores]] = {}
    print_head("change", *asked.columns, AHEAD)
    for learnt, cases in _changes(asked):
        kept = hear(asked.systems, learnt.train, learnt.rate)
        fitted = {system: system.does.fit(kept[system.does.hear], learnt.rate) for system in asked.systems}
        for name, case in cases.items():
            normal, anomalous = (hear(asked.systems, clips, case.rate) for clips in (case.normal, case.anomalous))
            found[name] = {system.name: scored(system, one, normal, anomalous) for system, one in fitted.items()}
            print_row(name, *(pair(one.areas) for one in found[name].values()), ahead(found[name]))
    print(f"\nFalse alarms at promised {PROMISED}:\n")
    print_head("change", *asked.columns)
    for name, row in found.items():
        print_row(name, *map(alarms, row.values()))


TABLES = {"sets": sets, "planted": planted, "faulty": faulty_learnt, "changes": changes}
"""The tables by the names by which they are asked for."""


def _aucs(values: Sequence[float]) -> str:
    return " / ".join(f"{value:.2f}" for value in values)


def _interval(ends: tuple[float, float]) -> str:
    return f"{ends[0]:.3f} to {ends[1]:.3f}"


def _lead(rows: Mapping[str, Sequence[float]]) -> str:
    """Name the peer with the highest mean, and its lead, where it is ahead of the default by .01 or more."""
    first, *peers = rows
    if not peers:
        return ""
    best = max(peers, key=lambda name: float(np.mean(rows[name])))
    lead = float(np.mean(rows[best]) - np.mean(rows[first]))
    return f"{best} {lead:+.2f}" if lead >= 0.01 else ""


def _beside(row: Mapping[str, Scores]) -> list[str]:
    name, first = best_peer(row), next(iter(row.values()))
    if name is None:
        return ["", "", ""]
    labels, scores = row[name].both
    leads = paired_differences(labels, scores, first.both[1])
    return [name, *(f"{lead.value:+.3f} ({_interval(lead.interval)})" for lead in leads)]
