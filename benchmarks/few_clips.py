"""What few training clips can promise: false alarms, p-values and recall by the number of clips.

    python -m benchmarks.few_clips DATA [--detector fused knn gmm] [--clips 20 50 60 100 300 1000] [--repeats 4]

DATA is the folder with ``mimii_spectra/``: fan and pump, ids 02, at three ratios, which chose nothing; the folds
were chosen on ids 00 and on synthetic machines. Random clips train; up to 400 others are the new normal ones. A true
threshold is the quantile of these themselves. For 1,000 clips MIMII has too few: synthetic machines of a seed that
chose nothing take their place, with the mean log-mel of clips of 2 s.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.false_alarms import spectra
from benchmarks.tables import print_head, print_row
from offkey.decision import Calibration
from offkey.detectors import create
from offkey.features import create as create_front_end
from offkey.synthetic import Plant, faults, machines

RATES = (0.01, 0.05)
FRESH = 400
LEAST_FRESH = 100
Floats = NDArray[np.float64]


def cells(data: Path, ident: str) -> Iterator[tuple[Floats, Floats]]:
    """Yield normal and anomalous clips of each machine and ratio."""
    for machine in ("fan", "pump"):
        for snr in ("6dB", "0dB", "min6dB"):
            normal, abnormal = (spectra(data, machine, snr, ident, label) for label in ("normal", "abnormal"))
            yield normal, abnormal


@cache
def synthetic_cells() -> list[tuple[Floats, Floats]]:
    """Return mean log-mel spectra of normal and faulty clips of each synthetic machine."""
    plant, front_end = Plant(1, duration_s=2.0, snr_db=0.0), create_front_end("logmel", pooling=[1.0], lulls=False)

    def spectrum(machine: str, number: int, fault: str | None = None) -> Floats:
        clip = plant.clip(machine, 0, number, fault=fault, severity=0.5)
        return front_end.vector(clip.samples, plant.rate)[: front_end.bands].astype(float)

    found = []
    for machine in machines():
        normal = np.array([spectrum(machine, number) for number in range(1000 + FRESH)])
        kinds = faults(machine)
        faulty = [spectrum(machine, 2000 + number, kinds[number % len(kinds)]) for number in range(150)]
        found.append((normal, np.array(faulty)))
    return found


def measured(detector: str, train: Floats, fresh: Floats, abnormal: Floats) -> list[float]:
    """Return the mean p-value of fresh clips and, a rate each: false alarms, recall, recall of the true threshold."""
    fitted = create(detector)
    calibration = Calibration(fitted.fit_scored(train))
    normal, faulty = fitted.score(fresh), fitted.score(abnormal)
    row = [float(calibration.p_values(normal).mean())]
    for rate in RATES:
        threshold, true = calibration.threshold(rate).value, np.quantile(normal, 1 - rate)
        row += [float((scores > limit).mean()) for scores, limit in ((normal, threshold), (faulty, threshold))]
        row.append(float((faulty > true).mean()))
    return row


def table(data: Path, detector: str, clips: int, repeats: int, ident: str) -> Floats:
    """Return the rows of all cells that have enough clips."""
    rows = []
    enough = [cell for cell in cells(data, ident) if len(cell[0]) >= clips + LEAST_FRESH]
    for normal, abnormal in enough or synthetic_cells():
        for repeat in range(repeats):
            order = np.random.default_rng(repeat).permutation(len(normal))
            fresh = normal[order[clips : clips + FRESH]]
            rows.append(measured(detector, normal[order[:clips]], fresh, abnormal))
    return np.array(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of docs/results.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--detector", nargs="+", default=["fused", "knn", "gmm"])
    parser.add_argument("--clips", nargs="+", type=int, default=[20, 50, 60, 100, 300, 1000])
    parser.add_argument("--repeats", type=int, default=4)
    parser.add_argument("--id", default="02", help="machine id, of which nothing was chosen by 02")
    args = parser.parse_args(arguments)
    by_rate = [f"{word} {rate:g}" for rate in RATES for word in ("alarms at", "recall at", "recall, true threshold of")]
    print_head("detector", "clips", "fits", "mean p (fair)", *by_rate, words=1)
    for detector in args.detector:
        for clips in args.clips:
            rows = table(args.data, detector, clips, args.repeats, args.id)
            mean, *others = rows.mean(axis=0)
            fair = 0.5 + 0.5 / (clips + 1)
            print_row(
                f"`{detector}`", str(clips), str(len(rows)), f"{mean:.3f} ({fair:.3f})", *map("{:.3f}".format, others)
            )


if __name__ == "__main__":
    main()
