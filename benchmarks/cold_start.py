"""Cold starts, as whole processes: the help, and scoring one clip; beside the bare interpreter."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.timing import make_clips, process_s


def main() -> None:
    """Print the median durations and the goals."""
    with tempfile.TemporaryDirectory() as folder:
        clips, model = Path(folder) / "clips", Path(folder) / "m.offkey"
        make_clips(clips, 100)
        process_s(["-m", "offkey", "fit", clips, "--model", model], runs=1)
        bare = process_s(["-c", "pass"])
        rows = [
            ("python with numpy and scipy.fft", process_s(["-c", "import numpy, scipy.fft"]), None),
            ("offkey --help", process_s(["-m", "offkey", "--help"]), 0.5),
            ("offkey score, one clip", process_s(["-m", "offkey", "score", model, clips / "normal_000000.wav"]), 1.5),
        ]
    print(f"{'python, nothing else':36s} {bare:8.3f} s   1.0 x")
    for name, seconds, goal in rows:
        wanted = "" if goal is None else f"   goal {goal:g} s: {'met' if seconds <= goal else 'MISSED'}"
        print(f"{name:36s} {seconds:8.3f} s {seconds / bare:5.1f} x{wanted}")


if __name__ == "__main__":
    main()
