"""Fitting and scoring 1,000 clips of 10 s, and peak memory by the number of clips."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import soundfile
from scipy.fft import rfft

from benchmarks.timing import make_clips, median_s, peak_mb, process_s

CLIPS = 1000


def _read_and_transform(paths: list[Path]) -> None:
    for path in paths:
        samples = soundfile.read(path, dtype="float32")[0]
        rfft(np.lib.stride_tricks.sliding_window_view(samples, 1024)[::512].copy(), axis=1)


def main() -> None:
    """Print durations as whole processes, their ratio to reading and bare FFTs, and peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        clips, model, out = (Path(folder) / name for name in ("clips", "m.offkey", "s.csv"))
        make_clips(clips, CLIPS)
        bare = median_s(lambda: _read_and_transform(sorted(clips.iterdir())), runs=3)
        print(f"{f'read {CLIPS} clips, bare FFTs, one core':36s} {bare:8.2f} s   1.0 x")
        fit = ["-m", "offkey", "fit", clips, "--model", model]
        score = ["-m", "offkey", "score", model, clips, "--out", out]
        for name, command, goal in (("fit", fit, 30.0), ("score", score, None)):
            for jobs in (1, 2):
                seconds = process_s([*command, "--jobs", jobs], runs=1)
                wanted = "" if goal is None else f"   goal {goal:g} s: {'met' if seconds <= goal else 'MISSED'}"
                print(f"{f'offkey {name}, {jobs} thread(s)':36s} {seconds:8.2f} s {seconds / bare:5.1f} x{wanted}")
        few = Path(folder) / "few"
        make_clips(few, CLIPS // 10)
        for name, inputs in ((CLIPS // 10, few), (CLIPS, clips)):
            peak = peak_mb(["-m", "offkey", "score", model, inputs, "--out", out])
            print(f"{f'peak memory, score {name} clips':36s} {peak:8.0f} MB")


if __name__ == "__main__":
    main()
