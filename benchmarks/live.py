"""How long one window of live sound takes to be scored: ``python -m benchmarks.live``.

A window of 10 s at 16 kHz, its samples in memory, again and again on one core. First what `Model.score_window` takes
beside the bare FFTs of its frames: processor time, the least of many turns, in which all are called one after
the other. Then durations as a user waits, beside the peers, which learn from fewer clips, on which their
durations hardly depend. Real time is how many microphones a core can follow. All clips learnt are different.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

import offkey
from benchmarks.clips import SECONDS, bare_ffts, clips, frames
from benchmarks.peers import SYSTEMS
from benchmarks.proxy_clips import Samples, read
from benchmarks.tables import print_goal, print_head, print_row
from benchmarks.timing import best_s, held_to
from offkey.model import Model

BARE, WINDOW = "bare FFTs", "`Model.score_window`"
GOAL = 7.0  # times the bare FFTs
MOST_S = 5.0  # of one system


def latencies_s(call: Callable[[], object], count: int) -> tuple[float, float]:
    """Return median and 99th percentile of the durations of calls, after a few that do not count."""
    for _ in range(3):
        call()
    took: list[float] = []
    while len(took) < count and sum(took) < MOST_S:
        start = time.perf_counter()
        call()
        took.append(time.perf_counter() - start)
    median, high = np.percentile(took, [50, 99])
    return float(median), float(high)


def print_steps(model: Model, window: Samples, rounds: int) -> None:
    """Print a row for what `score_window` does, and for its two steps, each beside bare FFTs; and the goal."""
    extractor = model.extractor()
    vector = extractor.vector(window)[None]
    took_s = best_s(
        {
            BARE: partial(bare_ffts, frames(window)),
            WINDOW: partial(model.score_window, window),
            "its features": partial(extractor.vector, window),
            "their score": partial(model.scores, vector),
            "`Model.score`, of the same window": partial(model.score, window, rate=model.rate, jobs=1),
        },
        rounds=rounds,
        in_a_row=3,
        most_s=30,
    )
    print_head("one window, processor time", "ms", f"x {BARE}")
    for name, seconds in took_s.items():
        print_row(name, f"{1000 * seconds:.2f}", f"{seconds / took_s[BARE]:.1f}")
    print_goal(f"{WINDOW}, {len(model.calibration.normal_scores)} clips learnt", took_s[WINDOW] / took_s[BARE], GOAL)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what a window costs, and one row per system."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=int, default=1000, help="clips that offkey learns")
    parser.add_argument("--peer-train", type=int, default=50, help="clips that the others learn")
    parser.add_argument("--windows", type=int, default=500, help="how often a window is scored, at most")
    args = parser.parse_args(arguments)
    most = max(args.train, args.peer_train)
    with clips(most, distinct=most) as paths:
        model, window = offkey.fit(paths[: args.train]), read(paths[0])
        with held_to(1):
            print_steps(model, window, args.windows)
            print()
            print_systems(model, window, paths[: args.peer_train], args)


def print_systems(model: Model, window: Samples, peer_paths: Sequence[Path], args: argparse.Namespace) -> None:
    """Print how long a user waits for each system."""
    print_head("one window, in memory", "clips learnt", "median", "99 of 100", f"x {BARE}", "x offkey's", "real time")
    bare_s, high_s = latencies_s(partial(bare_ffts, frames(window)), args.windows)
    print_row(BARE, "", f"{1000 * bare_s:.2f} ms", f"{1000 * high_s:.2f} ms", "1.0", "", "")
    unit = None
    for system in SYSTEMS:
        if not system.installed:
            print_row(system.name, system.absence, *[""] * 5)
            continue
        ours = unit is None
        call = partial(model.score_window, window) if ours else partial(system.does(peer_paths), [window])
        median_s, high_s = latencies_s(call, args.windows)
        unit = unit or median_s
        times = [f"{1000 * seconds:.2f} ms" for seconds in (median_s, high_s)]
        ratios = [f"{median_s / bare_s:.1f}", f"{median_s / unit:.1f}", f"{SECONDS / median_s:,.0f} x"]
        print_row(system.name, str(args.train if ours else len(peer_paths)), *times, *ratios)


if __name__ == "__main__":
    main()
