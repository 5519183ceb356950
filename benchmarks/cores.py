"""Scoring on two cores against one: ``python -m benchmarks.cores``.

By `offkey score` or `Model.score`, which hear 1,000 files and more by processes and read fewer ahead by threads,
and by `--engine local`. The cost of a clip is by how much longer many clips take than few, so that starting up
stands apart. "One core" means held to one processor. Durations as a user waits, the best of several turns; beside
reading and bare FFTs by threads, which says what the machine has to give.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import offkey
from benchmarks.clips import clips, read_and_transform
from benchmarks.tables import print_goal, print_head, print_row
from benchmarks.timing import best_s, held_to
from offkey.hearing.clips import list_clips
from offkey.model import Model
from offkey.scale.jobs import ScoreJob
from offkey.work.process_pool import Processes
from offkey.work.runs import PART_ITEMS, run_job
from offkey.work.thread_pool import Threads

PEER = "reading and bare FFTs by threads"
Way = Callable[[Sequence[Path], int], object]


def ways(model: Model, content: bytes, n: int) -> dict[str, tuple[Way, int, int]]:
    """Return what scores clips on a number of cores, on how few and on how many; the first is the peer."""

    def bare(paths: Sequence[Path], cores: int) -> None:
        list(Threads(cores).read(read_and_transform, [[path] for path in paths]))

    def score(paths: Sequence[Path], cores: int) -> None:
        list(model.results(paths, jobs=cores))

    def in_parts(paths: Sequence[Path], cores: int) -> None:
        with TemporaryDirectory() as folder:
            run_job(ScoreJob(content), list_clips(map(str, paths)), folder, Processes(cores))

    return {
        PEER: (bare, n, 3 * n),
        f"`offkey score`, reading ahead by threads, {3 * n:,} files": (score, n, 3 * n),
        f"`offkey score`, by processes, {12 * n:,} files": (score, 4 * n, 12 * n),
        f"`--engine local`, {8 * n:,} files": (in_parts, 2 * n, 8 * n),
    }


def measure(way: Way, few: Sequence[Path], many: Sequence[Path], rounds: int) -> list[tuple[float, float]]:
    """Return for one core and for two the seconds a clip, and those of starting."""

    def run(cores: int, paths: Sequence[Path]) -> None:
        with held_to(cores):
            way(paths, cores)

    runs = {f"{cores} {len(paths)}": partial(run, cores, paths) for cores in (1, 2) for paths in (few, many)}
    took = best_s(runs, rounds=rounds, most_s=60, clock=time.perf_counter)
    found = []
    for cores in (1, 2):
        of_few, of_many = took[f"{cores} {len(few)}"], took[f"{cores} {len(many)}"]
        each = (of_many - of_few) / (len(many) - len(few))
        found.append((each, of_few - each * len(few)))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row a way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=int, default=1000, help="clips that the model is fitted on")
    parser.add_argument("--clips", type=int, default=PART_ITEMS, help="3 to 12 times as many are scored")
    parser.add_argument("--rounds", type=int, default=2)
    args = parser.parse_args(arguments)
    if not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2:
        print("This needs two cores, and a system that can hold a program to one of them.")
        return
    with clips(max(12 * args.clips, args.train)) as paths, TemporaryDirectory() as folder:
        model = offkey.fit(paths[: args.train])
        file = Path(folder) / "model.offkey"
        model.save(file)
        print_head("scoring by", "one core, ms a clip", "two cores, ms a clip", "gain", "start-up of two")
        gains = {}
        for name, (way, few, many) in ways(model, file.read_bytes(), args.clips).items():
            (one, _), (two, start) = measure(way, paths[:few], paths[:many], args.rounds)
            gains[name] = one / two
            print_row(name, f"{1000 * one:.2f}", f"{1000 * two:.2f}", f"{gains[name]:.2f} x", f"{start:.2f} s")
    for name, gain in gains.items():
        if name != PEER:
            print_goal(f"two cores against one, {name}", gain, 1.8, least=True)


if __name__ == "__main__":
    main()
