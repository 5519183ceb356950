"""Peak memory of `offkey score` by number of clips: ``python -m benchmarks.memory [--most 100000]``.

Whole programs on files of 10 s at 16 kHz, most of them links to 50, beside the least number. On all cores 1,000
files and more are heard by processes, and the figure is the sum of what each of them held.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import offkey
from benchmarks.clips import clips
from benchmarks.process_memory import python_and_peak_mb
from benchmarks.tables import print_goal, print_head, print_row

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
        print_head("`offkey score`", "`--jobs 1`", "x the first", "all cores", "x the first")
        first: list[float] = []
        number = args.least
        while number <= args.most:
            with clips(number) as paths:
                score = ["-m", "offkey", "score", model, paths[0].parent, "--out", out]
                peaks = [python_and_peak_mb([*score, *jobs])[1] for jobs in (["--jobs", 1], [])]
            first = first or peaks
            ratios = [peak / least for peak, least in zip(peaks, first, strict=True)]
            (one, all_cores), (grown, grown_all) = peaks, ratios
            print_row(f"{number:,} clips", f"{one:.0f} MB", f"{grown:.2f}", f"{all_cores:.0f} MB", f"{grown_all:.2f}")
            number *= 10
    print_goal("the most clips beside the fewest, `--jobs 1`", ratios[0], FLAT)


if __name__ == "__main__":
    main()
