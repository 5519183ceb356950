"""How fitting and scoring grow with the number of training clips: ``python -m benchmarks.growth [--most 100000]``.

Features are drawn, not heard: a mixture of 20 operating points in 12 dimensions, spread over the default vector's
length in blocks of 128 bands, and noise. Times are processor seconds of one core; the growth is against ten times
fewer clips, so that 10 x is linear.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time

import numpy as np
from numpy.typing import NDArray

from offkey import features
from offkey.detectors import create
from offkey.threads import one_blas_thread

DETECTORS = ("fused", "knn", "local_density", "mahalanobis", "gmm")


def drawn(n: int, d: int, *, seed: int = 0) -> NDArray[np.float64]:
    """Return features of n normal clips."""
    rng = np.random.default_rng(0)
    points, spread = rng.standard_normal((20, 12)), rng.standard_normal((12, d))
    rng = np.random.default_rng(seed + 1)
    states = points[rng.integers(20, size=n)] + 0.3 * rng.standard_normal((n, 12))
    return np.asarray(states @ spread + 0.3 * rng.standard_normal((n, d)))


def measure(name: str, n: int) -> None:
    """Fit on n clips with calibration, score 100; print processor seconds and peak memory. Its own process."""
    front_end = features.create("logmel")
    d = len(front_end.vector(np.random.default_rng(0).standard_normal(160_000).astype(np.float32), 16_000))
    params = {"bands": front_end.bands} if name == "fused" else {}
    X, new = drawn(n, d), drawn(100, d, seed=1)
    detector = create(name, **params)
    with one_blas_thread():
        start = time.process_time()
        detector.fit_scored(X, folds=5)
        fitted = time.process_time()
        for clip in new:
            detector.score(clip[None])
        scored = time.process_time()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(fitted - start, (scored - fitted) / len(new), peak_mb)


def main() -> None:
    """Print a row for each detector and number of clips."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=100_000, help="largest number of training clips")
    parser.add_argument("--detector", action="append", help="by default those that show each kind of growth")
    parser.add_argument("--one", nargs=2, metavar=("NAME", "N"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        measure(options.one[0], int(options.one[1]))
        return
    print(f"{'detector':16s} {'clips':>8s} {'fit, 5 folds':>14s} {'growth':>8s} {'score a clip':>14s} {'peak':>9s}")
    for name in options.detector or DETECTORS:
        before = None
        n = 100
        while n <= options.most:
            command = [sys.executable, "-m", "benchmarks.growth", "--one", name, str(n)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            fit_s, score_s, peak_mb = map(float, told.split())
            growth = "" if before is None else f"{fit_s / before:6.1f} x"
            row = f"{name:16s} {n:8d} {fit_s:12.2f} s {growth:>8s} {1000 * score_s:11.2f} ms {peak_mb:6.0f} MB"
            print(row, flush=True)
            before, n = fit_s, 10 * n


if __name__ == "__main__":
    main()
