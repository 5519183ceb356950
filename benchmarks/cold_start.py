"""Cold starts as whole processes: the help, and scoring one clip: ``python -m benchmarks.cold_start``.

Beside the bare interpreter; durations as a user waits, the best of several turns.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import offkey
from benchmarks.clips import clips
from benchmarks.tables import print_goal, print_head, print_row
from benchmarks.timing import best_s, python

BARE, HELP, SCORE = "python, nothing else", "`offkey --help`", "`offkey score`, one clip"
GOALS_S = {HELP: 0.5, SCORE: 1.5}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one row per command, and the goals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=int, default=100, help="clips that the model is fitted on")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args(arguments)
    with clips(args.train) as paths, TemporaryDirectory() as folder:
        model = Path(folder) / "m.offkey"
        offkey.fit(paths).save(model)
        commands = {
            BARE: ["-c", "pass"],
            "python with numpy and scipy.fft": ["-c", "import numpy, scipy.fft"],
            HELP: ["-m", "offkey", "--help"],
            SCORE: ["-m", "offkey", "score", model, paths[0]],
        }
        runs = {name: partial(python, command) for name, command in commands.items()}
        took_s = best_s(runs, rounds=args.rounds, most_s=30, clock=time.perf_counter)
    print_head("whole process", "s", f"x {BARE}")
    for name, seconds in took_s.items():
        print_row(name, f"{seconds:.2f}", f"{seconds / took_s[BARE]:.1f}")
    for name, goal_s in GOALS_S.items():
        print_goal(name, took_s[name], goal_s, unit="s")


if __name__ == "__main__":
    main()
