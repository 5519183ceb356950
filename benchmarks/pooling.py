"""What blocks and views of the default features are worth to `fused`: faults in time, and sounds without any.

    python -m benchmarks.pooling DATA [--seed 1]

DATA is the folder with ``mimii_spectra/`` and ``rebuild_mimii.py``. Stationary: clips rebuilt from MIMII's mean
spectra at -6 dB, in which nothing but the mean can tell a fault (250 normal clips train, 80 normal and 80 abnormal
are tested), and faults of synthetic machines that run steadily, at a quarter of their severity. In time: faults of
synthetic machines whose sound comes and goes, at half their severity and at a quarter. Of synthetic machines 100
normal clips train, 50 normal and 40 faulty are tested, of two machines each, whose figures are averaged. What
depends on a choice was chosen on seed 0 and on the rebuilt ids 00.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.rebuilt import script
from benchmarks.tables import print_head
from offkey.detectors import create as create_detector
from offkey.evaluation.metrics import auc, pauc
from offkey.model.config import make_config
from offkey.model.make_components import make_front_end
from offkey.synthetic import Plant

RATE, BANDS = 16_000, 128
IN_TIME = {
    "fan": ("rattle",),
    "pump": ("rattle", "cavitation"),
    "slider": ("missing_stroke", "rail_damage", "rattle"),
    "valve": ("missing_stroke", "rattle", "squeal"),
}
STEADY = {"fan": ("imbalance", "misalignment", "clogging"), "pump": ("imbalance", "misalignment", "clogging", "leak")}
KINDS = (
    ("stationary, a quarter severe", STEADY, 0.25),
    ("in time, half severe", IN_TIME, 0.5),
    ("in time, a quarter severe", IN_TIME, 0.25),
)
MACHINE_IDS = (0, 1)

Vectors = NDArray[np.float64]
Case = tuple[str, Vectors, Vectors, Vectors]


def vectors(clips: Iterable[NDArray[np.float32]]) -> Vectors:
    """Return what the default detector hears of clips."""
    front_end = make_front_end(make_config())
    return np.array([front_end.vector(clip, RATE) for clip in clips], dtype=np.float64)


def stationary(data: Path) -> Iterator[Case]:
    """Give name, training clips, normal and abnormal test clips of each rebuilt machine."""
    rebuild = script(data)
    for machine in ("fan", "pump"):
        for ident in ("00", "02"):
            rng = np.random.default_rng(0)
            rows = {
                label: rebuild.rows(data / "mimii_spectra", machine, "min6dB", ident, label)
                for label in ("normal", "abnormal")
            }
            parts = (rows["normal"][80:330], rows["normal"][:80], rows["abnormal"][:80])
            train, normal, abnormal = (vectors(rebuild.clip(row, rng, 10.0) for row in part) for part in parts)
            yield f"{machine} {ident}, rebuilt at -6 dB", train, normal, abnormal


class Synthetic:
    """The machines of a plant.

    Parameters
    ----------
    seed : int
        Which plant.
    """

    def __init__(self, seed: int) -> None:
        self.plant = Plant(seed)
        self.normal: dict[tuple[str, int], Vectors] = {}

    def cases(self, faults: dict[str, tuple[str, ...]], severity: float) -> Iterator[list[Case]]:
        """Give the cases of each fault, one per machine id."""
        for machine, names in faults.items():
            for fault in names:
                yield [self._case(machine, ident, fault, severity) for ident in MACHINE_IDS]

    def _case(self, machine: str, ident: int, fault: str, severity: float) -> Case:
        if (machine, ident) not in self.normal:
            clips = (self.plant.clip(machine, ident, number).samples for number in range(150))
            self.normal[machine, ident] = vectors(clips)
        normal = self.normal[machine, ident]
        faulty = vectors(
            self.plant.clip(machine, ident, number, fault=fault, severity=severity).samples
            for number in range(150, 190)
        )
        return f"{machine}, {fault}", normal[:100], normal[100:], faulty


def measured(train: Vectors, normal: Vectors, abnormal: Vectors) -> list[float]:
    """Return AUC and pAUC of the mean alone, of the quietest moments too, and with lulls, and with all views."""
    told = make_front_end(make_config()).detector_params()
    widths, levels = told["views"], told["levels"]
    labels, found = np.repeat([0, 1], [len(normal), len(abnormal)]), []
    for blocks, views in ((1, ()), (levels, ()), (levels, widths[:1]), (levels, widths)):
        columns = BANDS * blocks + sum(views)
        detector = create_detector("fused", bands=BANDS, levels=blocks, views=views or None)
        fitted = detector.fit(train[:, :columns])
        scores = fitted.score(np.vstack([normal, abnormal])[:, :columns])
        found += [auc(labels, scores), pauc(labels, scores)]
    return found


def print_row(name: str, values: NDArray[np.float64]) -> None:
    """Print AUC and pAUC of each way to hear."""
    print(f"| {name} | " + " | ".join(f"{a:.3f} / {p:.3f}" for a, p in values.reshape(-1, 2)) + " |", flush=True)


def print_kind(kind: str, cells: Iterable[list[Case]]) -> None:
    """Print one row per cell, averaged over its machines, and their mean."""
    rows = []
    for cases in cells:
        rows.append(np.mean([measured(*case[1:]) for case in cases], axis=0))
        print_row(cases[0][0], rows[-1])
    print_row(f"**mean, {kind}**", np.mean(rows, axis=0))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of docs/results.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(arguments)
    print_head("clips", "mean alone: AUC / pAUC", "and the quietest moments", "and lulls", "and all views: the default")
    print_kind("rebuilt", ([case] for case in stationary(args.data)))
    plant = Synthetic(args.seed)
    for kind, faults, severity in KINDS:
        print_kind(kind, plant.cases(faults, severity))


if __name__ == "__main__":
    main()
