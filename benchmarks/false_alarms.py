"""Whether promised false-alarm rates hold: on held-out normal clips of MIMII, and under domain shift.

    python -m benchmarks.false_alarms DATA [--detector fused ...] [--train 300] [--repeats 3]

DATA is the folder with ``mimii_spectra/``. In-domain: of each machine, id and signal-to-noise ratio, a random 300
normal clips train and the others are scored. Shifted: the same models score the normal clips of the next lower ratio.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.fft import idct

from offkey.decision import Calibration
from offkey.detectors import create

RATES = (0.01, 0.05, 0.1)
LOWER = {"6dB": "0dB", "0dB": "min6dB", "min6dB": None}


def spectra(data: Path, machine: str, snr: str, ident: str, label: str) -> NDArray[np.float64]:
    """Return the mean log-mel spectra of a cell, shape (n_clips, 128)."""
    rows = np.load(data / "mimii_spectra" / f"{machine}_{snr}_id_{ident}_{label}.npy")[:, :128]
    bands: NDArray[np.float64] = idct(rows.astype(float), norm="ortho")
    return bands


def alarms(data: Path, detector: str, train: int, repeats: int) -> dict[str, NDArray[np.float64]]:
    """Return the measured rates, shape (n_models, len(RATES)), for in-domain and shifted clips."""
    found: dict[str, list[list[float]]] = {"in-domain": [], "shifted": []}
    for machine in ("fan", "pump"):
        for ident in ("00", "02"):
            for snr, lower in LOWER.items():
                X = spectra(data, machine, snr, ident, "normal")
                for repeat in range(repeats):
                    order = np.random.default_rng(repeat).permutation(len(X))
                    fitted = create(detector)
                    calibration = Calibration(fitted.fit_scored(X[order[:train]]))
                    thresholds = [calibration.threshold(rate).value for rate in RATES]
                    tested = {"in-domain": X[order[train:]]}
                    if lower is not None:
                        tested["shifted"] = spectra(data, machine, lower, ident, "normal")[order[train:]]
                    for kind, clips in tested.items():
                        scores = fitted.score(clips)
                        found[kind].append([float((scores > value).mean()) for value in thresholds])
    return {kind: np.array(rates) for kind, rates in found.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of docs/results.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--detector", nargs="+", default=["fused", "knn", "gmm"])
    parser.add_argument("--train", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args(arguments)
    print("| detector | clips | " + " | ".join(f"promised {rate:g}" for rate in RATES) + " |")
    print("| --- | --- |" + " ---: |" * len(RATES))
    for detector in args.detector:
        for kind, rates in alarms(args.data, detector, args.train, args.repeats).items():
            cells = [
                f"{mean:.4f} (worst cell {worst:.3f})" for mean, worst in zip(rates.mean(0), rates.max(0), strict=True)
            ]
            print(f"| `{detector}` | {kind} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
