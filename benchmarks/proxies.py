"""How well detectors and front ends find faults that are mixed into normal recordings.

    python -m benchmarks.proxies DATA [--seed 0] [--detector NAME ...] [--features NAME ...] [--cells FILE.csv]

DATA is the folder with ``dcase2020_real/`` and ``noise/``. The faults of `offkey.synthetic` stand at +6, 0, -6 and
-12 dB over the recording in their band, in the 75 real clips of a slide rail (45 train) and in synthetic machines at
0 dB in real factory noise (60 clips train, 30 are tested, in pieces of noise that were not heard). A test clip with a
fault is set against all test clips without. Every detector over `logmel`, and the default detector over every
front end, each with its default parameters. Seed 0 is to choose by, another seed to report.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.proxy_clips import RATE, Machine, Samples, real_slider, synthetic_machines, with_fault
from benchmarks.tables import areas, pair, print_head, print_row
from offkey import detectors, features
from offkey.errors import OffkeyError
from offkey.features.normalisation import Standardiser
from offkey.model.config import make_config
from offkey.model.make_components import make_detector, make_front_end
from offkey.work.jobs import default_jobs
from offkey.work.library_threads import one_blas_thread
from offkey.work.thread_pool import Threads

SNRS_DB = (6, 0, -6, -12)
FRAMES = "frames"
FEWEST = 10
"""Clips with a fault; one that fewer clips can have is left out."""

Pair = tuple[str, str]
"""Names of a detector and a front end."""
Cell = tuple[str, str, int]
"""Machine, fault, and level of the fault in dB."""
Areas = dict[Cell, tuple[float, float]]
"""AUC and pAUC of each cell."""
Features = NDArray[np.float32]
Vectors = list[Features]
"""Features of one clip by each front end."""


@dataclass(frozen=True)
class Heard:
    """Features of a machine's clips by one front end: to learn from, normal, and with each fault and level."""

    train: Features
    normal: Features
    faulty: dict[Cell, Features]


def hear(machine: Machine, seed: int, front_ends: Sequence[features.FrontEnd], jobs: int) -> list[Heard]:
    """Return the features of all clips of a machine by each front end; every clip is made once."""

    def vectors(samples: Samples) -> Vectors:
        return [front_end.vector(samples, RATE) for front_end in front_ends]

    def faulty(cell: Cell, number: int) -> Vectors | None:
        _, fault, snr_db = cell
        key = (seed, machine.faults.index(fault), number)
        mixed = with_fault(machine.test[number], fault, snr_db, key)
        return None if mixed is None else vectors(mixed)

    cells = [(machine.name, fault, snr_db) for fault in machine.faults for snr_db in SNRS_DB]
    numbers = range(len(machine.test))
    threads = Threads(jobs)
    train, normal = (list(threads.map(vectors, clips)) for clips in (machine.train, machine.test))
    mixed = {cell: [v for v in threads.map(partial(faulty, cell), numbers) if v is not None] for cell in cells}
    kept = {cell: found for cell, found in mixed.items() if len(found) >= min(FEWEST, len(machine.test))}
    for fault in dict.fromkeys(cell[1] for cell in cells if cell not in kept):
        print(f"\n{machine.name}, {fault}: left out, since fewer than {FEWEST} clips can have it.", flush=True)

    def of(place: int, clips: list[Vectors]) -> Features:
        return np.array([clip[place] for clip in clips])

    return [
        Heard(of(place, train), of(place, normal), {cell: of(place, clips) for cell, clips in kept.items()})
        for place in range(len(front_ends))
    ]


def measure(pair_of: Pair, front_end: features.FrontEnd, heard: Heard) -> Areas:
    """Return AUC and pAUC of a detector, fitted on one machine, for each fault and level."""
    detector = make_detector(make_config(detector=pair_of[0], features=pair_of[1]))
    standard = front_end.normalisation == "standard"
    scaled = Standardiser.fit(heard.train) if standard else lambda X: X
    with one_blas_thread():
        fitted = detector.fit(scaled(heard.train))
        of_normal = fitted.score(scaled(heard.normal))
        return {cell: areas(of_normal, fitted.score(scaled(clips))) for cell, clips in heard.faulty.items()}


def pairs(detector_names: Sequence[str], feature_names: Sequence[str]) -> Iterator[Pair]:
    """Give every detector over the default front end, and the default detector over every other.

    Detectors that look at moments stand over the front end for them, and it under them alone.
    """
    config = make_config()
    for name in detector_names:
        yield name, FRAMES if "frame_size" in detectors.find(name).defaults() else config.features
    if config.detector in detector_names:
        yield from ((config.detector, name) for name in feature_names if name not in (config.features, FRAMES))


def usable(asked: Iterable[Pair], clip: Samples) -> dict[Pair, features.FrontEnd]:
    """Return the front end of each pair that can hear as it is, equal ones once; others are named with their lack."""
    found, made = {}, dict[str, features.FrontEnd]()
    for detector, name in asked:
        try:
            front_end = make_front_end(make_config(detector=detector, features=name))
            if repr(front_end) not in made:
                front_end.vector(clip, RATE)
            found[detector, name] = made.setdefault(repr(front_end), front_end)
        except OffkeyError as error:
            print(f"\n{name}: left out: {error}", flush=True)
    return found


def results(machines: Sequence[Machine], seed: int, asked: Sequence[Pair]) -> dict[Pair, Areas]:
    """Return AUC and pAUC of each pair and cell; what cannot run here is named and left out."""
    front_ends = usable(asked, machines[0].test[0])
    found: dict[Pair, Areas] = {one: {} for one in front_ends}
    ways = list(dict.fromkeys(front_ends.values()))
    for machine in machines:
        heard = dict(zip(ways, hear(machine, seed, ways, default_jobs()), strict=True))
        for one in list(found):
            try:
                found[one] |= measure(one, front_ends[one], heard[front_ends[one]])
            except OffkeyError as error:
                print(f"\n{one[0]} over {one[1]}: left out: {error}", flush=True)
                del found[one]
    return found


def print_tables(found: dict[Pair, Areas]) -> None:
    """Print the means by level, the means by fault, and each cell of the first pair."""
    snrs, first = [f"{snr_db:+d} dB" if snr_db else "0 dB" for snr_db in SNRS_DB], next(iter(found.values()))
    faults = list(dict.fromkeys(fault for _, fault, _ in first))
    print()
    print_head("detector", "front end", *snrs, "mean", words=2)
    for one, cells in found.items():
        by_level = [pair([value for cell, value in cells.items() if cell[2] == snr_db]) for snr_db in SNRS_DB]
        print_row(*_names(one), *by_level, pair(list(cells.values())))
    print()
    print_head("detector", "front end", *faults, words=2)
    for one, cells in found.items():
        print_row(*_names(one), *(pair([value for cell, value in cells.items() if cell[1] == f]) for f in faults))
    print()
    print_head("machine", "fault", *snrs, words=2)
    for machine, fault in dict.fromkeys(cell[:2] for cell in first):
        print_row(machine, fault, *(pair(first[machine, fault, snr_db]) for snr_db in SNRS_DB))


def _names(one: Pair) -> tuple[str, str]:
    return f"`{one[0]}`", f"`{one[1]}`"


def learning() -> list[str]:
    """Return the names of the detectors that learn from normal clips, whatever the features are."""
    return [name for name in detectors.names() if detectors.find(name).learns]


def alone() -> list[str]:
    """Return the names of the front ends that need nothing beside the sound."""
    return [name for name in features.names() if features.find(name).argument is None]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables of docs/proxies.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--detector", nargs="+", default=learning())
    parser.add_argument("--features", nargs="+", default=alone())
    parser.add_argument("--cells", type=Path, help="CSV file for the figures of every detector, fault and level")
    args = parser.parse_args(arguments)
    asked, rows = list(pairs(args.detector, args.features)), []
    kinds = {"real slide rail": [real_slider(args.data, args.seed)]}
    kinds["synthetic machines in real factory noise"] = synthetic_machines(args.data, args.seed)
    for kind, machines in kinds.items():
        print(f"\nSeed {args.seed}, {kind}, AUC / pAUC:")
        found = results(machines, args.seed, asked)
        print_tables(found)
        rows += [(*one, *cell, *value) for one, cells in found.items() for cell, value in cells.items()]
    if args.cells is not None:
        with args.cells.open("w", newline="") as file:
            table = csv.writer(file)
            table.writerow(("detector", "features", "machine", "fault", "snr_db", "auc", "pauc"))
            table.writerows(rows)


if __name__ == "__main__":
    main()
