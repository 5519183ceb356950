"""Timing of functions and of whole processes, by medians."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soundfile

__all__ = ["make_clips", "median_s", "peak_mb", "process_s"]


def median_s(function: Callable[[], object], *, runs: int = 50) -> float:
    """Return the median duration of a call in seconds, after one that is not counted."""
    function()
    durations = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        durations.append(time.perf_counter() - start)
    return statistics.median(durations)


def process_s(arguments: Sequence[object], *, runs: int = 5) -> float:
    """Return the median duration of `python ARGUMENTS...` as a whole process, in seconds."""
    command = [sys.executable, *map(str, arguments)]
    return median_s(lambda: subprocess.run(command, check=True, capture_output=True), runs=runs)


def peak_mb(arguments: Sequence[object]) -> float:
    """Return the largest memory that `python ARGUMENTS...` held, in MB."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-c", code, sys.executable, *map(str, arguments)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    unit = 1024 if sys.platform != "darwin" else 1024**2
    return int(out) / unit


def make_clips(folder: Path, count: int, *, distinct: int = 50, seconds: float = 10, rate: int = 16_000) -> None:
    """Write `count` normal clips of a hum in noise, `distinct` of them different, the rest links to these."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    t = np.arange(round(seconds * rate)) / rate
    for number in range(count):
        path = folder / f"normal_{number:06d}.wav"
        if number >= distinct:
            path.hardlink_to(folder / f"normal_{number % distinct:06d}.wav")
            continue
        sound = 0.05 * np.sin(2 * np.pi * (120 + rng.normal()) * t) + 0.02 * rng.standard_normal(len(t))
        soundfile.write(path, sound, rate)
