"""The synthetic plant: what a clip costs, and how well the default model and the level alone find each fault.

Run by ``python -m benchmarks.synthetic``.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from offkey.model.config import make_config
from offkey.model.make_components import make_detector, make_front_end
from offkey.synthetic import Plant, faults, machines

TRAIN, TEST, FAULTY = 60, 30, 20  # the faulty clips are the first test clips, with a fault
SEVERITIES = (0.25, 0.5, 1.0)


def main() -> None:
    """Print one row per machine and fault."""
    plant, front_end = Plant(0, snr_db=6.0), make_front_end(make_config())
    print(
        f"seed 0, 6 dB, id_00, {TRAIN} normal clips to fit, {TEST} normal and {FAULTY} faulty to test; AUC by severity"
    )
    print(f"{'machine':8s}{'fault':16s}{'ms a clip':>10s}" + "".join(f"{s:>8g}" for s in SEVERITIES) + f"{'level':>8s}")

    def measure(
        machine: str, first: int, count: int, fault: str | None = None, severity: float = 1.0
    ) -> tuple[NDArray[np.float32], NDArray[np.float64], float]:
        vectors, levels, spent = [], [], 0.0
        for number in range(first, first + count):
            before = time.thread_time()
            samples = plant.clip(machine, 0, number, fault=fault, severity=severity).samples
            spent += time.thread_time() - before
            vectors.append(front_end.vector(samples, plant.rate))
            levels.append(np.std(samples))
        return np.array(vectors), np.array(levels), 1e3 * spent / count

    for machine in machines():
        plant.clip(machine)
        train, train_levels, cost_ms = measure(machine, 0, TRAIN)
        normal, test_levels, _ = measure(machine, TRAIN, TEST)
        detector = make_detector(make_config()).fit(train)
        of_normal, normal_levels = detector.score(normal), np.concatenate([train_levels, test_levels])
        print(f"{machine:8s}{'(normal)':16s}{cost_ms:10.1f}")
        for fault in faults(machine):
            found = {s: measure(machine, TRAIN, FAULTY, fault, s) for s in SEVERITIES}
            aucs = "".join(f"{_auc(of_normal, detector.score(found[s][0])):8.2f}" for s in SEVERITIES)
            loudness = _auc(normal_levels, found[1.0][1])
            print(f"{machine:8s}{fault:16s}{found[1.0][2]:10.1f}{aucs}{loudness:8.2f}", flush=True)


def _auc(normal: NDArray[np.float64], anomaly: NDArray[np.float64]) -> float:
    higher = anomaly[:, None] > normal[None, :]
    return float(np.mean(higher + 0.5 * (anomaly[:, None] == normal[None, :])))


if __name__ == "__main__":
    main()
