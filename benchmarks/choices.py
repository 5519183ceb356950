"""What else the default detector could have been: other parameters, other members, other ways to join.

    python -m benchmarks.choices DATA

The cells and the split are those of `benchmarks.detection`. Members are joined as scores, their logarithms
in units of their own cross-validated scores (5 folds). The choice was made on ids 00; ids 02 tell what it was worth.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.detection import CELLS
from benchmarks.false_alarms import spectra
from offkey.detectors import create
from offkey.evaluation.metrics import auc, pauc

Scores = NDArray[np.float64]
Spec = tuple[str, dict[str, Any]]

MEMBERS: dict[str, Spec] = {
    "density, K=8": ("local_density", {}),
    "density, K=4": ("local_density", {"n_neighbors": 4}),
    "density, K=16": ("local_density", {"n_neighbors": 16}),
    "density, difference": ("local_density", {"form": "difference"}),
    "sub-band": ("subband_density", {}),
    "sub-band, groups of 8": ("subband_density", {"group": 8}),
    "sub-band, groups of 32": ("subband_density", {"group": 32}),
    "sub-band, whole": ("subband_density", {"group": 1000}),
    "sub-band, all groups count": ("subband_density", {"share": 1.0}),
    "sub-band, whitening 0.2": ("subband_density", {"whitening": 0.2}),
    "sub-band, whitening 2": ("subband_density", {"whitening": 2.0}),
    "sub-band, not whitened": ("subband_density", {"whitening": 1000.0}),
    "whole, not whitened": ("subband_density", {"group": 1000, "whitening": 1000.0}),
    "local": ("local_mahalanobis", {}),
    "local, 8 neighbours": ("local_mahalanobis", {"n_neighbors": 8}),
    "local, 30 neighbours": ("local_mahalanobis", {"n_neighbors": 30}),
    "local, whitening 0.2": ("local_mahalanobis", {"whitening": 0.2}),
    "local, whitening 2": ("local_mahalanobis", {"whitening": 2.0}),
    "PCA": ("pca_residual", {}),
    "Mahalanobis": ("mahalanobis", {}),
}

SETS = [
    ["sub-band", "local"],
    ["sub-band", "local", "PCA"],
    ["sub-band", "local", "Mahalanobis"],
    ["sub-band", "local", "density, K=8"],
    ["sub-band", "local", "whole, not whitened"],
    ["sub-band", "local", "whole, not whitened", "PCA"],
    ["sub-band", "local", "sub-band, not whitened"],
    ["sub-band", "whole, not whitened", "PCA"],
    ["sub-band, not whitened", "whole, not whitened"],
    ["density, K=8", "PCA"],
]

JOINS: dict[str, Callable[[Scores], Scores]] = {
    "mean": lambda z: z.mean(axis=1),
    "minimum": lambda z: z.min(axis=1),
    "maximum": lambda z: z.max(axis=1),
    "soft maximum": lambda z: np.log(np.exp(z).sum(axis=1)),
    "root mean square": lambda z: np.sqrt((np.maximum(z, 0) ** 2).mean(axis=1)),
}

Cell = tuple[Scores, dict[str, Scores]]


def cell(data: Path, machine: str, ident: str, snr: str) -> Cell:
    """Return labels, and each member's test scores: logarithms in units of the cross-validated ones."""
    normal = spectra(data, machine, snr, ident, "normal")
    abnormal = spectra(data, machine, snr, ident, "abnormal")
    n, standardised = len(abnormal), {}
    for label, (name, params) in MEMBERS.items():
        detector = create(name, **params)
        known = detector.fit_scored(normal[n:], folds=5)
        scores = detector.score(np.vstack([normal[:n], abnormal]))
        if known.min() > 0:
            known, scores = np.log(known), np.log(np.maximum(scores, 1e-9))
        standardised[label] = (scores - known.mean()) / known.std()
    return np.repeat([0.0, 1.0], n), standardised


def print_row(title: str, cells: list[Cell], members: list[str], join: Callable[[Scores], Scores]) -> None:
    """Print the means over ids 00, over ids 02 and over all."""
    joined = [(labels, join(np.stack([scores[m] for m in members], axis=1))) for labels, scores in cells]
    rows = np.array([(auc(labels, scores), pauc(labels, scores)) for labels, scores in joined])
    half = len(rows) // 2
    means = [*rows[:half].mean(axis=0), *rows[half:].mean(axis=0), *rows.mean(axis=0)]
    print(f"| {title} | " + " | ".join(f"{mean:.3f}" for mean in means) + " |", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables of docs/choices.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    args = parser.parse_args(arguments)
    cells = [cell(args.data, *which) for which in CELLS]
    for head in ("one member", "members", "join of sub-band + local + PCA"):
        print(f"\n| {head} | ids 00: AUC | pAUC | ids 02: AUC | pAUC | all: AUC | pAUC |")
        print("| --- |" + " ---: |" * 6)
        if head == "one member":
            for member in MEMBERS:
                print_row(member, cells, [member], JOINS["mean"])
        elif head == "members":
            for members in SETS:
                print_row(" + ".join(members), cells, members, JOINS["mean"])
        else:
            for name, join in JOINS.items():
                print_row(name, cells, ["sub-band", "local", "PCA"], join)


if __name__ == "__main__":
    main()
