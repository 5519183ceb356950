"""How well detectors tell MIMII's faulty clips from normal ones by their mean spectra, without audio.

    python -m benchmarks.detection DATA [--detector fused ...]

DATA is the folder with ``mimii_spectra/``: fan and pump, ids 00 and 02, at 6, 0 and -6 dB. The split is that of
the MIMII baseline: all abnormal clips and as many normal ones, the first, are tested; the other normal clips
train. Every detector has its default parameters.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.false_alarms import spectra
from offkey.detectors import create, find, names
from offkey.evaluation.metrics import auc, pauc

IDS, SNRS = ("00", "02"), ("6dB", "0dB", "min6dB")
CELLS = [(machine, ident, snr) for ident in IDS for machine in ("fan", "pump") for snr in SNRS]

AUTOENCODER = dict(
    zip(CELLS, (0.766, 0.590, 0.563, 0.797, 0.614, 0.604, 0.984, 0.872, 0.692, 0.485, 0.493, 0.561), strict=True)
)
"""AUC of a run of MIMII's own baseline, an autoencoder on the audio: github.com/yachuchi/mimii, readme.md."""


def results(data: Path, detector: str) -> NDArray[np.float64]:
    """Return AUC and pAUC of each cell, shape (n_cells, 2)."""
    rows = []
    for machine, ident, snr in CELLS:
        normal = spectra(data, machine, snr, ident, "normal")
        abnormal = spectra(data, machine, snr, ident, "abnormal")
        n = len(abnormal)
        scores = create(detector).fit(normal[n:]).score(np.vstack([normal[:n], abnormal]))
        labels = np.repeat([0, 1], n)
        rows.append((auc(labels, scores), pauc(labels, scores)))
    return np.array(rows)


def print_means(found: dict[str, NDArray[np.float64]]) -> None:
    """Print one row per detector: means over the ids that were chosen on, over the others, and over all."""
    half = len(CELLS) // 2
    print("| detector | ids 00: AUC | pAUC | ids 02: AUC | pAUC | all: AUC | pAUC | worst AUC |")
    print("| --- |" + " ---: |" * 7)
    for name, rows in found.items():
        means = [*rows[:half].mean(axis=0), *rows[half:].mean(axis=0), *rows.mean(axis=0), rows[:, 0].min()]
        print(f"| `{name}` | " + " | ".join(f"{mean:.3f}" for mean in means) + " |")


def print_cells(found: dict[str, NDArray[np.float64]]) -> None:
    """Print one row per cell: the autoencoder's AUC, and AUC and pAUC of the detector."""
    print("| machine | id | SNR | autoencoder |" + "".join(f" `{name}` |" for name in found))
    print("| --- | --- | ---: | ---: |" + " ---: |" * len(found))
    for number, cell in enumerate(CELLS):
        values = "".join(f" {rows[number, 0]:.3f} / {rows[number, 1]:.3f} |" for rows in found.values())
        machine, ident, snr = cell
        print(f"| {machine} | {ident} | {snr.replace('min', '-')} | {AUTOENCODER[cell]:.3f} |{values}")
    means = "".join(f" {rows[:, 0].mean():.3f} / {rows[:, 1].mean():.3f} |" for rows in found.values())
    print(f"| mean | | | {np.mean(list(AUTOENCODER.values())):.3f} |{means}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables of docs/results.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--detector", nargs="+", default=[name for name in names() if find(name).learns])
    args = parser.parse_args(arguments)
    found = {name: results(args.data, name) for name in args.detector}
    print_means(found)
    print()
    print_cells({name: found[name] for name in args.detector[:1]})


if __name__ == "__main__":
    main()
