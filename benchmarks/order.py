"""Faults of the order in time: strokes that are missing, weak, late or swapped, and cycles that run backwards.

    python -m benchmarks.order DATA [--learnt 60] [--tested 40]

DATA is the folder with ``dcase2020_real/`` and ``real/``. Clips of 10 s are put together from strokes and rests of real
machines and of made-up sound, see `benchmarks.order_clips`. AUC at each strength of a fault of the default without its
view of the cycle, of the default, and of that view alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.order_clips import FAULTS, cycles_of, fault_in, load_cycles, machines
from benchmarks.proxy_clips import RATE, Samples
from benchmarks.tables import areas, print_head, print_row
from offkey.detectors import create, find
from offkey.detectors.cycle import cycle_scores, learn_cycle
from offkey.features import create as create_front_end
from offkey.features.cycle import CYCLE
from offkey.work.jobs import default_jobs
from offkey.work.thread_pool import Threads

FEATURES = find("fused").asks["logmel"]
LOADS = "load comes slowly and goes at once in all / half / a quarter of the cycles"
SHARES = (1.0, 0.5, 0.25)

Features = NDArray[np.float32]


def vectors(clips: Sequence[Samples]) -> Features:
    """Return what the default hears of clips."""
    front_end = create_front_end("logmel", **FEATURES)
    return np.array(list(Threads(default_jobs()).map(lambda clip: front_end.vector(clip, RATE), clips)))


def rows(train: Features, normal: Features, faulty: dict[str, list[Features]]) -> dict[str, list[str]]:
    """Return the cells of each fault: AUC at each strength without the cycle, with it, and by the cycle alone."""
    params = create_front_end("logmel", **FEATURES).detector_params()
    n = len(CYCLE)
    default = create("fused", **params).fit(train)
    without = create("fused", **{**params, "cycle": False}).fit(train[:, :-n])
    learnt = learn_cycle(train[:, -n:].astype(np.float64))
    systems = {"without": lambda X: without.score(X[:, :-n]), "default": default.score}
    if learnt is not None:
        systems["cycle alone"] = lambda X: cycle_scores(learnt, X[:, -n:].astype(np.float64), 1.0)
    found = {}
    for fault, at_strengths in faulty.items():
        aucs = [[areas(of(normal), of(X))[0] for X in at_strengths] for of in systems.values()]
        found[fault] = [" / ".join(f"{auc:.2f}" for auc in of_system) for of_system in aucs]
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of docs/choices.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--learnt", type=int, default=60)
    parser.add_argument("--tested", type=int, default=40)
    args = parser.parse_args(arguments)
    learnt, tested = range(args.learnt), range(args.learnt, args.learnt + args.tested)
    print_head("machine", "fault", "without the cycle", "default", "cycle alone", words=2)
    for known, new in zip(machines(args.data, 0), machines(args.data, 1), strict=True):
        faulty = {fault: [vectors(fault_in(new, fault, s, tested, 0)) for s in range(3)] for fault in FAULTS}
        of_faults = rows(vectors(cycles_of(known, learnt, 0)), vectors(cycles_of(new, tested, 0)), faulty)
        for fault, cells in of_faults.items():
            print_row(known.name, fault, *cells)
    train, normal = (vectors(load_cycles(args.data, part, numbers, 0)) for part, numbers in enumerate((learnt, tested)))
    faulty = {LOADS: [vectors(load_cycles(args.data, 1, tested, 0, share)) for share in SHARES]}
    for fault, cells in rows(train, normal, faulty).items():
        print_row("flights under a load that comes and goes", fault, *cells)


if __name__ == "__main__":
    main()
