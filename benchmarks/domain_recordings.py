"""What knowing the domains is worth on recordings: MIMII machines rebuilt in the layout of DCASE 2023.

    python -m benchmarks.domain_recordings DATA [--detector NAME ...] [--train 1000] [--seconds 10]

DATA is the folder with ``rebuild_mimii.py``. As in the challenge 990 normal clips of the source domain (here at
6 dB) and 10 of the target domain (at 0 or -6 dB) train, fewer where the machine has fewer; 40 normal and 40 abnormal
clips of each domain are tested. The figures are those of DCASE 2022 and later, each detector over the default front
end with default parameters. Means over the two machines and the two ids of each; the harmonic mean also by ids.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.domains import Clips, official
from benchmarks.rebuilt import rebuilt
from benchmarks.tables import print_head, print_row
from offkey.experiments.cell import Cell, Clip
from offkey.experiments.plan import make_plan
from offkey.hearing.extractor import Extractor
from offkey.model.config import make_config
from offkey.model.make_components import make_detector, make_extractor
from offkey.work.jobs import default_jobs
from offkey.work.library_threads import one_blas_thread

MACHINES, IDS, TARGETS = ("fan", "pump"), ("00", "02"), ("0dB", "min6dB")
DETECTORS = ("fused", "knn", "local_density", "mahalanobis", "gmm", "pca_residual", "lof", "isolation_forest", "ocsvm")
RATE = 16_000


def heard(clips: Sequence[Clip], extractor: Extractor) -> Clips:
    """Return the features of clips."""
    found = extractor.extract_all([clip.path for clip in clips], jobs=default_jobs())
    return np.array([clip.windows[0].vector for clip in found], dtype=np.float64)


def results(cell: Cell, extractor: Extractor, detectors: Sequence[str]) -> Iterator[tuple[str, bool, list[float]]]:
    """Give for each detector, without and with the domains, the figures of one section."""
    train, test = heard(cell.train, extractor), heard(cell.test, extractor)
    labels = np.array([clip.label for clip in cell.test])
    domains = np.array([clip.domain for clip in cell.test])
    normals = [test[(labels == 0) & (domains == domain)] for domain in ("source", "target")]
    with one_blas_thread():
        for name in detectors:
            for told in (False, True):
                detector = make_detector(make_config(detector=name))
                fitted = detector.fit(train, domains=cell.domains if told else None)
                yield name, told, official(fitted.score, normals, test[labels == 1])


def print_table(found: dict[tuple[str, bool], NDArray[np.float64]]) -> None:
    """Print one row per detector, without and with the domains; figures of shape (n_machines * n_ids, 4)."""
    of_ids = [f"ids {ident}" for ident in IDS]
    print_head("detector", "domains", "AUC source", "AUC target", "pAUC", "harmonic mean", *of_ids, words=2)
    for (name, told), figures in found.items():
        values = [*figures.mean(axis=0), *(figures[place :: len(IDS), 3].mean() for place in range(len(IDS)))]
        print_row(f"`{name}`", "told" if told else "not told", *(f"{value:.3f}" for value in values))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables of docs/results.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--detector", nargs="+", default=list(DETECTORS))
    parser.add_argument("--train", default="1000")
    parser.add_argument("--seconds", default="10")
    args = parser.parse_args(arguments)
    extractor = make_extractor(make_config(), RATE)
    for target in TARGETS:
        rows: dict[tuple[str, bool], list[list[float]]] = {}
        for machine in MACHINES:
            options = {"layout": "dcase2023", "train": args.train, "seconds": args.seconds}
            with rebuilt(args.data, machine, target, **options) as folder:
                for cell in make_plan("dcase2023", folder).cells:
                    for name, told, figures in results(cell, extractor, args.detector):
                        rows.setdefault((name, told), []).append(figures)
        print(f"\nTarget domain at {target.replace('min', '-').replace('dB', ' dB')}:\n")
        print_table({key: np.array(figures) for key, figures in rows.items()})


if __name__ == "__main__":
    main()
