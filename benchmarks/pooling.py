"""What the blocks of the default features are worth to `fused`: faults in time, and sounds without any.

    python -m benchmarks.pooling DATA

DATA is the folder with ``mimii_spectra/`` and ``rebuild_mimii.py``. Stationary: clips rebuilt from MIMII's mean
spectra at -6 dB, in which nothing but the mean can tell a fault (250 normal clips train, 80 normal and 80 abnormal
are tested). In time: faults of synthetic machines whose sound comes and goes, at half their severity (100 normal clips
train, 50 normal and 40 faulty are tested).
"""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from offkey.detectors import create as create_detector
from offkey.evaluation.metrics import auc, pauc
from offkey.features import create as create_front_end
from offkey.synthetic import Plant

RATE, BANDS = 16_000, 128
IN_TIME = {"fan": ("rattle",), "pump": ("rattle", "cavitation"), "slider": ("missing_stroke", "rail_damage", "rattle")}
IN_TIME["valve"] = ("missing_stroke", "rattle", "squeal")
SEVERITY = 0.5

Case = tuple[str, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def vectors(clips: Iterator[NDArray[np.float32]]) -> NDArray[np.float64]:
    """Return the default features of clips."""
    front_end = create_front_end("logmel")
    return np.array([front_end.vector(clip, RATE) for clip in clips], dtype=np.float64)


def stationary(data: Path) -> Iterator[Case]:
    """Give name, training clips, normal and abnormal test clips of each rebuilt machine."""
    rebuild = _rebuild(data)
    for machine in ("fan", "pump"):
        for ident in ("00", "02"):
            rng = np.random.default_rng(0)
            rows = {
                label: rebuild.rows(data / "mimii_spectra", machine, "min6dB", ident, label)
                for label in ("normal", "abnormal")
            }
            parts = (rows["normal"][80:330], rows["normal"][:80], rows["abnormal"][:80])
            train, normal, abnormal = (vectors(rebuild.clip(row, rng, 10.0) for row in part) for part in parts)
            yield f"{machine} {ident}, rebuilt", train, normal, abnormal


def in_time() -> Iterator[Case]:
    """Give name, training clips, normal and faulty test clips of each synthetic fault."""
    plant = Plant(0)
    for machine, faults in IN_TIME.items():
        normal = vectors(plant.clip(machine, 0, number).samples for number in range(150))
        for fault in faults:
            faulty = vectors(
                plant.clip(machine, 0, number, fault=fault, severity=SEVERITY).samples for number in range(150, 190)
            )
            yield f"{machine}, {fault}", normal[:100], normal[100:], faulty


def _rebuild(data: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("rebuild_mimii", data / "rebuild_mimii.py")
    assert spec is not None  # noqa: S101 - a .py file always has one
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Print the table of docs/results.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    args = parser.parse_args()
    print("| clips | mean alone: AUC / pAUC | all blocks: AUC / pAUC |")
    print("| --- | ---: | ---: |")
    for kind, cases in (("stationary", stationary(args.data)), ("in time", in_time())):
        rows = []
        for name, train, normal, abnormal in cases:
            labels = np.repeat([0, 1], [len(normal), len(abnormal)])
            row = []
            for columns in (slice(BANDS), slice(None)):
                fitted = create_detector("fused", bands=BANDS).fit(train[:, columns])
                scores = fitted.score(np.vstack([normal, abnormal])[:, columns])
                row += [auc(labels, scores), pauc(labels, scores)]
            rows.append(row)
            print(f"| {name} | {row[0]:.3f} / {row[1]:.3f} | {row[2]:.3f} / {row[3]:.3f} |", flush=True)
        mean = np.mean(rows, axis=0)
        print(f"| **mean, {kind}** | {mean[0]:.3f} / {mean[1]:.3f} | {mean[2]:.3f} / {mean[3]:.3f} |", flush=True)


if __name__ == "__main__":
    main()
