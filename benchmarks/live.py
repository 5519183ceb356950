"""How long one window of live sound takes to be scored: ``python -m benchmarks.live``.

A window of 10 s at 16 kHz, its samples in memory, again and again on one core; durations as a user waits. The peers
learn from fewer clips, on which their durations hardly depend. Real time is how many microphones a core can follow.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from benchmarks.clips import SECONDS, bare_ffts, clips, frames
from benchmarks.peers import SYSTEMS
from benchmarks.proxy_clips import read
from benchmarks.tables import print_head, print_row
from benchmarks.timing import held_to

BARE = "bare FFTs"
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row a system."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=int, default=1000, help="clips that offkey learns")
    parser.add_argument("--peer-train", type=int, default=50, help="clips that the others learn")
    parser.add_argument("--windows", type=int, default=500, help="how often a window is scored, at most")
    args = parser.parse_args(arguments)
    print_head("one window, in memory", "clips learnt", "median", "99 of 100", f"x {BARE}", "x offkey's", "real time")
    with clips(max(args.train, args.peer_train)) as paths, held_to(1):
        window = read(paths[0])
        bare_s, high_s = latencies_s(partial(bare_ffts, frames(window)), args.windows)
        print_row(BARE, "", f"{1000 * bare_s:.2f} ms", f"{1000 * high_s:.2f} ms", "1.0", "", "")
        unit = None
        for number, system in enumerate(SYSTEMS):
            if not system.installed:
                print_row(system.name, system.absence, *[""] * 5)
                continue
            learnt = paths[: args.peer_train if number else args.train]
            median_s, high_s = latencies_s(partial(system.does(learnt), [window]), args.windows)
            unit = unit or median_s
            times = [f"{1000 * seconds:.2f} ms" for seconds in (median_s, high_s)]
            ratios = [f"{median_s / bare_s:.1f}", f"{median_s / unit:.1f}", f"{SECONDS / median_s:,.0f} x"]
            print_row(system.name, str(len(learnt)), *times, *ratios)


if __name__ == "__main__":
    main()
