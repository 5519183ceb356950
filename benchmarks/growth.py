"""How fitting and scoring grow with the number of training clips: ``python -m benchmarks.growth [--most 100000]``.

Features are drawn, not heard: a mixture of 20 operating points in 12 dimensions, spread over the default vector's
length, and noise. Times are processor seconds of one core; the growth is against ten times fewer clips, so that 10 is
linear.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.process_memory import python_and_peak_mb
from benchmarks.tables import print_head, print_row
from benchmarks.timing import held_to
from offkey.detectors import Detector
from offkey.model.config import make_config
from offkey.model.make_components import make_detector, make_front_end

DETECTORS = ("fused", "knn", "local_density", "mahalanobis")
FOLDS = 5


def drawn(n: int, d: int, *, seed: int = 0) -> NDArray[np.float64]:
    """Return features of n normal clips."""
    rng = np.random.default_rng(0)
    points, spread = rng.standard_normal((20, 12)), rng.standard_normal((12, d))
    rng = np.random.default_rng(seed + 1)
    states = points[rng.integers(20, size=n)] + 0.3 * rng.standard_normal((n, 12))
    return np.asarray(states @ spread + 0.3 * rng.standard_normal((n, d)))


def vector_length(name: str) -> int:
    """Return the number of features that a detector gets of the default front end."""
    sound = np.random.default_rng(0).standard_normal(160_000, np.float32)
    return len(make_front_end(make_config(detector=name)).vector(sound, 16_000))


def default(name: str) -> Detector:
    """Return a detector as `offkey fit` makes it, told of the default front end what it asks for."""
    return make_detector(make_config(detector=name))


def measure(name: str, n: int) -> None:
    """Fit on n clips with calibration, score 100; print processor seconds. Its own process."""
    d = vector_length(name)
    X, new = drawn(n, d), drawn(100, d, seed=1)
    detector = default(name)
    with held_to(1):
        start = time.process_time()
        detector.fit_scored(X, folds=FOLDS)
        fitted = time.process_time()
        for clip in new:
            detector.score(clip[None])
        scored = time.process_time()
    print(fitted - start, (scored - fitted) / len(new))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row for each detector and number of clips."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=10_000, help="largest number of training clips")
    parser.add_argument("--detector", nargs="+", default=list(DETECTORS))
    parser.add_argument("--one", nargs=2, metavar=("NAME", "N"), help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    if args.one:
        measure(args.one[0], int(args.one[1]))
        return
    print_head("detector", "clips", f"fit, {FOLDS} folds", "growth", "score a clip", "growth", "peak memory")
    for name in args.detector:
        before = [0.0, 0.0]
        for n in (10**power for power in range(2, 9) if 10**power <= args.most):
            told, peak_mb = python_and_peak_mb(["-m", "benchmarks.growth", "--one", name, n])
            times = [float(seconds) for seconds in told.split()]
            growth = [f"{now / then:.1f} x" if then else "" for now, then in zip(times, before, strict=True)]
            fit_s, score_ms = f"{times[0]:.2f} s", f"{1000 * times[1]:.2f} ms"
            print_row(f"`{name}`", f"{n:,}", fit_s, growth[0], score_ms, growth[1], f"{peak_mb:,.0f} MB")
            before = times


if __name__ == "__main__":
    main()
