"""What single detectors hear best: all of `logmel`, its mean alone, or the mean in units of its deviation.

    python -m benchmarks.detector_inputs DATA [--detector NAME ...] [--most 80]

On the real sets clean and in one level of each noise (`benchmarks.real`), and on faults of synthetic machines
(`benchmarks.pooling`), of one plant that nothing else was chosen on. No label chooses: the same input is asked for by
all detectors that do not scale features themselves, whatever wins a row.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.pooling import IN_TIME, RATE, STEADY
from benchmarks.real_sets import in_noise, noises, real_case, real_sets
from benchmarks.tables import areas, print_head
from offkey.detectors import create, find, names
from offkey.detectors.base import MEAN
from offkey.features import create as create_front_end
from offkey.features.normalisation import Standardiser
from offkey.synthetic import Plant

SEED = 3
LEARNT, TESTED = 100, 40
NOISE_DB = {"slide rail": 0.0, "ambience": 6.0}
FLIGHTS_DB = {"slide rail": -10.0, "ambience": -18.0}
INPUTS: dict[str, tuple[dict[str, Any], bool]] = {
    "all": ({}, False),
    "mean": (MEAN["logmel"], False),
    "mean, standardised": (MEAN["logmel"], True),
}
KINDS = ("real", "steady faults", "faults in time")

Vectors = NDArray[np.float64]
Case = tuple[str, int, Sequence[NDArray[Any]], Sequence[NDArray[Any]], Sequence[NDArray[Any]]]


def cases(data: Path, most: int) -> Iterator[Case]:
    """Give kind, rate, training clips, normal and anomalous test clips of each case."""
    for name in real_sets(data):
        clean = real_case(data, name, most)
        yield KINDS[0], clean.rate, clean.train[:200], clean.normal, clean.anomalous
        for kind, snr_db in (FLIGHTS_DB if name == "drone_propeller" else NOISE_DB).items():
            noisy = in_noise(clean, noises(data, kind), snr_db)
            yield KINDS[0], noisy.rate, noisy.train[:200], noisy.normal, noisy.anomalous
    plant = Plant(SEED)
    for kind, faults, severity in ((KINDS[1], STEADY, 0.25), (KINDS[2], IN_TIME, 0.5)):
        for machine, of_machine in faults.items():
            normal = [plant.clip(machine, 0, number).samples for number in range(LEARNT + TESTED)]
            for fault in of_machine:
                numbers = range(LEARNT + TESTED, LEARNT + 2 * TESTED)
                faulty = [plant.clip(machine, 0, n, fault=fault, severity=severity).samples for n in numbers]
                yield kind, RATE, normal[:LEARNT], normal[LEARNT:], faulty


def measured(case: Case, detectors: Sequence[str]) -> Vectors:
    """Return AUC and pAUC of each detector with each input, shape (n_detectors, n_inputs, 2)."""
    _, rate, *parts = case
    found = np.empty((len(detectors), len(INPUTS), 2))
    for column, (params, standardised) in enumerate(INPUTS.values()):
        front_end = create_front_end("logmel", **params)
        train, normal, anomalous = (np.array([front_end.vector(clip, rate) for clip in clips]) for clips in parts)
        scale = Standardiser.fit(train) if standardised else np.asarray
        for row, name in enumerate(detectors):
            fitted = create(name).fit(scale(train))
            found[row, column] = areas(fitted.score(scale(normal)), fitted.score(scale(anomalous)))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of docs/choices.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    single = [name for name in names() if find(name).learns and name not in ("fused", "autoencoder")]
    parser.add_argument("--detector", nargs="+", default=single)
    parser.add_argument("--most", type=int, default=80, help="clips of each kind that are tested [%(default)s]")
    args = parser.parse_args(arguments)
    found: dict[str, list[Vectors]] = {kind: [] for kind in KINDS}
    for case in cases(args.data, args.most):
        found[case[0]].append(measured(case, args.detector))
    print_head("detector", *(f"{kind}: {one}" for kind in KINDS for one in INPUTS))
    means = [np.mean(found[kind], axis=0) for kind in KINDS]
    for row, name in enumerate(args.detector):
        cells = [f"{auc:.3f} / {pauc:.3f}" for mean in means for auc, pauc in mean[row]]
        print(f"| `{name}` | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
