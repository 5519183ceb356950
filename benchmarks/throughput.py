"""Fitting and scoring of many clips: ``python -m benchmarks.throughput [--clips 1000] [--peer-clips 100]``.

From files of 10 s at 16 kHz to scores, calibration and explanations included where there are such; everything has its
defaults. Processor time of one core a clip, in one process, so that clips of different numbers can be compared: the
peers take long. Then the commands as whole processes on all cores, as a user waits, beside reading and bare FFTs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.clips import clips, read_and_transform
from benchmarks.peers import SYSTEMS, System
from benchmarks.tables import print_goal, print_head, print_row
from benchmarks.timing import best_s, held_to, python

FIT, SCORE = "`offkey fit`", "`offkey score`"
FIT_GOAL_S = 15.0
WARM_UP = 21  # clips of a call that does not count, more than the neighbours that any system asks for


def each_s(system: System, paths: Sequence[Path]) -> tuple[float, float]:
    """Return the processor seconds a clip of fitting and of scoring."""
    system.does(paths[:WARM_UP])(paths[:1])
    began = time.process_time()
    score = system.does(paths)
    fitted = time.process_time()
    score(paths)
    return (fitted - began) / len(paths), (time.process_time() - fitted) / len(paths)


def print_systems(paths: Sequence[Path], peer_paths: Sequence[Path]) -> None:
    """Print one row per system; offkey's on few clips as well, as the peers are."""
    print_head("system", "clips", "fit: ms a clip", "x offkey's", "score: ms a clip", "x offkey's")
    ours, *others = SYSTEMS
    with held_to(1):
        unit = each_s(ours, paths)
        for system, given in ((ours, paths), (ours, peer_paths), *((other, peer_paths) for other in others)):
            if not system.installed:
                print_row(system.name, system.absence, "", "", "", "")
                continue
            took = unit if given is paths else each_s(system, given)
            cells = (cell for s, one in zip(took, unit, strict=True) for cell in (f"{1000 * s:.1f}", f"{s / one:.1f}"))
            print_row(system.name, str(len(given)), *cells)


def print_commands(paths: Sequence[Path], rounds: int) -> None:
    """Print one row per command, and the goal of fitting."""
    with TemporaryDirectory() as folder:
        model, out = Path(folder) / "m.offkey", Path(folder) / "scores.csv"
        fit = ["-m", "offkey", "fit", paths[0].parent, "--model", model]
        score = ["-m", "offkey", "score", model, paths[0].parent, "--out", out]
        bare = f"reading {len(paths)} clips and bare FFTs, one core"
        runs = {bare: partial(read_and_transform, paths), FIT: partial(python, fit), SCORE: partial(python, score)}
        took_s = best_s(runs, rounds=rounds, most_s=60, clock=time.perf_counter)
    print_head("whole processes, all cores", "s", f"x {bare}")
    for name, seconds in took_s.items():
        print_row(name, f"{seconds:.1f}", f"{seconds / took_s[bare]:.1f}")
    print_goal(f"{FIT}, {len(paths)} clips", took_s[FIT], FIT_GOAL_S, unit="s")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--peer-clips", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3, help="how often the commands run")
    args = parser.parse_args(arguments)
    with clips(args.clips) as paths:
        print_systems(paths, paths[: args.peer_clips])
        print()
        print_commands(paths, args.rounds)


if __name__ == "__main__":
    main()
