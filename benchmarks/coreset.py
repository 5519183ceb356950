"""What a bounded memory costs: fewer training clips to compare with, chosen in four ways.

    python -m benchmarks.coreset DATA [--detector local_density fused]

DATA is the folder with ``mimii_spectra/``; cells and split as in `benchmarks.detection`. Of each cell's training
clips only a share is left to the detector: a uniform sample; one step of k-means from there (what
`offkey.detectors.memory` does); the centres of k-means (Lloyd 1982); or the clips found by farthest-first traversal
(Gonzalez 1985; the coreset of PatchCore, Roth et al., CVPR 2022, sec. 3.2).
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.detection import CELLS
from benchmarks.false_alarms import spectra
from offkey.detectors import create
from offkey.detectors.distances import distances
from offkey.detectors.memory import remembered, sampled
from offkey.evaluation.metrics import auc, pauc

Floats = NDArray[np.float64]

SHARES = (1.0, 0.5, 0.25, 0.125)


def sample(X: Floats, most: int) -> Floats:
    """Return a uniform sample of the clips."""
    return X[sampled(X, most)]


def centres(X: Floats, most: int) -> Floats:
    """Return the centres of k-means."""
    from sklearn.cluster import KMeans

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(KMeans(most, n_init=1, random_state=0).fit(X).cluster_centers_)


def farthest(X: Floats, most: int) -> Floats:
    """Return the clips of a farthest-first traversal that starts at the one nearest to the mean."""
    chosen = [int(np.argmin(distances(X.mean(axis=0)[None], X)[0]))]
    away = distances(X[chosen], X)[0]
    while len(chosen) < most:
        chosen.append(int(np.argmax(away)))
        away = np.minimum(away, distances(X[chosen[-1:]], X)[0])
    return X[chosen]


REDUCTIONS: dict[str, Callable[[Floats, int], Floats]] = {
    "uniform sample": sample,
    "uniform sample, one step of k-means": remembered,
    "k-means": centres,
    "farthest first": farthest,
}


def means(data: Path, detector: str, reduce: Callable[[Floats, int], Floats], share: float) -> tuple[float, float]:
    """Return mean AUC and pAUC over the cells."""
    rows = []
    for machine, ident, snr in CELLS:
        normal, abnormal = (spectra(data, machine, snr, ident, kind) for kind in ("normal", "abnormal"))
        n = len(abnormal)
        train = normal[n:]
        kept = train if share == 1 else reduce(train, round(share * len(train)))
        scores = create(detector).fit(kept).score(np.vstack([normal[:n], abnormal]))
        labels = np.repeat([0, 1], n)
        rows.append((auc(labels, scores), pauc(labels, scores)))
    auc_mean, pauc_mean = np.mean(rows, axis=0)
    return float(auc_mean), float(pauc_mean)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table a detector: mean AUC and pAUC by what is left."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--detector", nargs="+", default=["local_density", "fused"])
    args = parser.parse_args(arguments)
    for detector in args.detector:
        print(f"\n| `{detector}` | " + " | ".join(f"{100 * share:g} %" for share in SHARES) + " |")
        print("| --- |" + " ---: |" * len(SHARES))
        whole = means(args.data, detector, sample, 1.0)
        for name, reduce in REDUCTIONS.items():
            found = [whole, *(means(args.data, detector, reduce, share) for share in SHARES[1:])]
            print(f"| {name} | " + " | ".join(f"{a:.3f} / {p:.3f}" for a, p in found) + " |", flush=True)


if __name__ == "__main__":
    main()
