"""What few clips of a second domain are worth: MIMII machines at 6 dB, and the same deeper in noise.

    python -m benchmarks.domains DATA

400 normal clips at 6 dB (source) and 0 or 10 at 0 or -6 dB (target) train; 100 normal and up to 100 abnormal clips of
each domain are tested. The figures are those of DCASE 2022 and later: AUC of each domain's normal clips against all
abnormal ones, pAUC of all clips, and the harmonic mean of the three. Each row is the mean over machines and targets.
A second table has the false alarms in each domain, of thresholds by the cross-validated scores of all clips as they
are, and lifted to the domain that scores highest, with 10 and 30 clips of the target.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.false_alarms import spectra
from benchmarks.tables import print_head, print_row
from offkey.decision import Calibration
from offkey.detectors import create
from offkey.detectors.domains import lifted
from offkey.evaluation.metrics import auc, harmonic_mean, pauc

Clips = NDArray[np.float64]
OF = ("source", "target", "abnormal")
Score = Callable[[Clips], NDArray[np.float64]]


def source_only(source: Clips, target: Clips) -> Score:
    """Learn from the source domain alone."""
    return create("fused").fit(source).score


def together(source: Clips, target: Clips) -> Score:
    """Learn from the clips of both domains without knowing which is which."""
    return create("fused").fit(np.vstack([source, target])).score


def by_domain(source: Clips, target: Clips) -> Score:
    """Learn from the clips of both domains, told apart."""
    domains = np.repeat(["source", "target"], [len(source), len(target)])
    return create("fused").fit(np.vstack([source, target]), domains=domains).score


def official(score: Score, normals: list[Clips], abnormal: Clips) -> list[float]:
    """Return AUC of source and target, pAUC of all, and their harmonic mean."""
    of_normals, of_abnormal = [score(clips) for clips in normals], score(abnormal)

    def labelled(of_normal: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        labels = np.repeat([0, 1], [len(of_normal), len(of_abnormal)])
        return labels, np.concatenate([of_normal, of_abnormal])

    three = [*(auc(*labelled(scores)) for scores in of_normals), pauc(*labelled(np.concatenate(of_normals)))]
    return [*three, harmonic_mean(three)]


def alarms(source: Clips, target: Clips, tested: list[Clips]) -> dict[str, list[float]]:
    """Return by way of calibration the shares of tested clips, a set after the other, that alarm at .01 and .05."""
    X, domains = np.vstack([source, target]), np.repeat(["source", "target"], [len(source), len(target)])
    found = {}
    for way in ("not told", "told, scores as they are", "told, scores lifted"):
        detector, told = create("fused"), None if way == "not told" else domains
        scores = detector.fit_scored(X, domains=told)
        calibration = Calibration(lifted(scores, domains)[0] if way.endswith("lifted") else scores)
        limits = [calibration.threshold(rate).value for rate in (0.01, 0.05)]
        of_tested = [detector.score(clips) for clips in tested]
        found[way] = [float((one > limit).mean()) for limit in limits for one in of_tested]
    return found


def print_alarms(data: Path) -> None:
    """Print the shares of normal clips of each domain, and of abnormal clips of both, that alarm."""
    print_head("target clips", "calibration", *(f"{of} at {rate}" for rate in (".01", ".05") for of in OF), words=2)
    for n in (10, 30):
        rows: dict[str, list[list[float]]] = {}
        for machine in ("fan", "pump"):
            for ident in ("00", "02"):
                for snr in ("0dB", "min6dB"):
                    normals = [spectra(data, machine, each, ident, "normal") for each in ("6dB", snr)]
                    abnormal = [spectra(data, machine, each, ident, "abnormal")[:100] for each in ("6dB", snr)]
                    target = normals[1][500 : 500 + 7 * n : 7]
                    tested = [normals[0][:100], normals[1][:100], np.vstack(abnormal)]
                    for way, found in alarms(normals[0][100:500], target, tested).items():
                        rows.setdefault(way, []).append(found)
        for way, of_cells in rows.items():
            print_row(str(n), way, *(f"{mean:.3f}" for mean in np.mean(of_cells, axis=0)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of docs/results.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    args = parser.parse_args(arguments)
    print("| ids | learns from | AUC source | AUC target | pAUC | harmonic mean |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for ident in ("00", "02"):
        rows: dict[str, list[list[float]]] = {"source": [], "both": [], "both, told apart": []}
        for machine in ("fan", "pump"):
            of_source = [spectra(args.data, machine, "6dB", ident, label) for label in ("normal", "abnormal")]
            for snr in ("0dB", "min6dB"):
                of_target = [spectra(args.data, machine, snr, ident, label) for label in ("normal", "abnormal")]
                source, target = of_source[0][100:500], of_target[0][500:570:7]
                normals = [of_source[0][:100], of_target[0][:100]]
                abnormal = np.vstack([of_source[1][:100], of_target[1][:100]])
                for name, learn in zip(rows, (source_only, together, by_domain), strict=True):
                    rows[name].append(official(learn(source, target), normals, abnormal))
        for name, found in rows.items():
            print(f"| {ident} | {name} | " + " | ".join(f"{mean:.3f}" for mean in np.mean(found, axis=0)) + " |")
    print()
    print_alarms(args.data)


if __name__ == "__main__":
    main()
