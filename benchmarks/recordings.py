"""Quality on recordings: real clips of a slide rail, and MIMII machines rebuilt from their mean spectra.

    python -m benchmarks.recordings DATA [--detector fused ...] [--features logmel] [--seconds 10]

DATA is the folder with ``dcase2020_real/`` and ``rebuild_mimii.py``. Prints the tables of docs/results.md.
Of each rebuilt machine, id and signal-to-noise ratio, 250 normal clips train and 80 + 80 test.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rebuilt import rebuilt
from offkey.evaluation.report import evaluate_scores
from offkey.hearing.inputs import read_clips
from offkey.model import Model, Result, fit

MACHINES, IDS, SNRS = ("fan", "pump"), ("00", "02"), ("6dB", "0dB", "min6dB")


def _figures(results: list[Result], is_anomaly: list[bool]) -> dict[str, Any]:
    columns: dict[str, list[Any]] = {
        "file": [result.file for result in results],
        "score": [result.score for result in results],
        "anomalous": [int(bool(result.anomalous)) for result in results],
        "label": [int(label) for label in is_anomaly],
    }
    return evaluate_scores(columns).overall


def _score(model: Model, folder: Path, ident: str = "") -> dict[str, Any]:
    clips = [path for path in sorted(folder.iterdir()) if f"id_{ident}" in path.name]
    results = list(model.results(read_clips(clips, None).sources))
    return _figures(results, [Path(result.file).name.startswith("anomaly") for result in results])


def _row(name: str, detector: str, figures: dict[str, Any]) -> str:
    found = f"{figures['true_positives']}/{figures['n_anomalous']}"
    alarms = f"{figures['false_positives']}/{figures['n_normal']}"
    return f"| {name} | `{detector}` | {figures['auc']:.4f} | {figures['pauc']:.4f} | {found} | {alarms} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--detector", nargs="+", default=["fused"])
    parser.add_argument("--features", default="logmel")
    parser.add_argument("--seconds", default="10")
    parser.add_argument("--seed", default="0")
    args = parser.parse_args(arguments)
    head = (
        "| clips | detector | AUC | pAUC | anomalies found | false alarms |\n| --- | --- | ---: | ---: | ---: | ---: |"
    )
    print(head)
    slider = args.data / "dcase2020_real" / "slider"
    for detector in args.detector:
        model = fit(slider / "train", detector=detector, features=args.features)
        print(_row("real slide rail, id 00", detector, _score(model, slider / "test")), flush=True)
    print("\n" + head)
    means: dict[str, list[tuple[float, float]]] = {detector: [] for detector in args.detector}
    for machine in MACHINES:
        for snr in SNRS:
            with rebuilt(args.data, machine, snr, seconds=args.seconds, seed=args.seed) as folder:
                for ident in IDS:
                    train = sorted((folder / machine / "train").glob(f"*id_{ident}*"))
                    for detector in args.detector:
                        model = fit(train, detector=detector, features=args.features)
                        figures = _score(model, folder / machine / "test", ident)
                        means[detector].append((figures["auc"], figures["pauc"]))
                        print(_row(f"{machine} {ident}, {snr.replace('min', '-')}", detector, figures), flush=True)
    for detector, values in means.items():
        auc, pauc = np.mean(values, axis=0)
        print(f"| mean | `{detector}` | {auc:.4f} | {pauc:.4f} | | |")


if __name__ == "__main__":
    main()
