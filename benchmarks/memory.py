"""Peak memory of `offkey score` by number of clips: ``python -m benchmarks.memory [--most 100000]``.

Whole processes with every default, on files of 10 s at 16 kHz, most of them links to 50, beside the least number.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import offkey
from benchmarks.clips import clips
from benchmarks.tables import print_goal, print_head, print_row
from benchmarks.timing import python_and_peak_mb

FLAT = 1.15


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row a number of clips, and the goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--least", type=int, default=1000)
    parser.add_argument("--most", type=int, default=10_000)
    parser.add_argument("--train", type=int, default=100, help="clips that the model is fitted on")
    args = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        model, out = Path(folder) / "m.offkey", Path(folder) / "scores.csv"
        with clips(args.train) as paths:
            offkey.fit(paths).save(model)
        print_head("`offkey score`", "peak memory", "x the first")
        peaks, number = [], args.least
        while number <= args.most:
            with clips(number) as paths:
                peaks.append(python_and_peak_mb(["-m", "offkey", "score", model, paths[0].parent, "--out", out])[1])
            print_row(f"{number:,} clips", f"{peaks[-1]:.0f} MB", f"{peaks[-1] / peaks[0]:.2f}")
            number *= 10
    print_goal("peak memory beside that of the fewest clips", max(peaks) / peaks[0], FLAT)


if __name__ == "__main__":
    main()
