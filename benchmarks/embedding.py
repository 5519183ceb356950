"""The discriminative embedding beside the default, on fan and pump rebuilt from mean spectra and on a real slide rail.

    python -m benchmarks.embedding DATA [--snr 0dB] [--param NAME=VALUE ...]

DATA is the folder with ``dcase2020_real/`` and ``rebuild_mimii.py``. One embedding learns from the training clips of
all machines and ids together, at one signal-to-noise ratio: 250 of each rebuilt id, 75 of the slide rail. Prints a
table of docs/results.md: AUC and pAUC of 80 + 80 test clips per id, 3 + 3 of the slide rail.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.rebuilt import rebuilt
from benchmarks.tables import areas, pair, print_head, print_row
from offkey import features
from offkey.cli.options import params_of
from offkey.features import FrontEnd
from offkey.hearing.extractor import Extractor
from offkey.hearing.learning import training_clips
from offkey.model import ModelConfig
from offkey.model.config import make_config
from offkey.model.make_components import make_detector, make_extractor, make_front_end

DETECTORS = ("fused", "knn", "gmm", "mahalanobis", "local_density")
RATE = 16_000


class Cell(NamedTuple):
    """The clips of one machine id."""

    name: str
    train: list[Path]
    normal: list[Path]
    anomalous: list[Path]


def _cell(folder: Path, ident: str) -> Cell:
    kinds = (("train", "normal"), ("test", "normal"), ("test", "anomaly"))
    found = [sorted((folder / part).glob(f"{label}_id_{ident}_*")) for part, label in kinds]
    return Cell(f"{folder.name} {ident}", *found)


def _vectors(extractor: Extractor, files: list[Path]) -> NDArray[np.float32]:
    return np.array([window.vector for clip in extractor.extract_all(files, jobs=1) for window in clip.windows])


def _figures(front_end: FrontEnd, cell: Cell, detectors: tuple[str, ...]) -> Iterator[tuple[float, float]]:
    extractor = make_extractor(ModelConfig(), RATE, front_end=front_end)
    train, normal, anomalous = (_vectors(extractor, files) for files in cell[1:])
    for name in detectors:
        config = make_config(features=front_end.name, detector=name)
        detector = make_detector(config).fit(train)
        yield areas(detector.score(normal), detector.score(anomalous))


def _stage(name: str, steps: int) -> Callable[[], None]:
    print(f"<!-- {name}: {steps} -->", flush=True)
    return lambda: None


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, then print AUC and pAUC of each cell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--snr", default="0dB", choices=("6dB", "0dB", "min6dB"))
    parser.add_argument("--param", action="append", default=[])
    args = parser.parse_args(arguments)
    for name in DETECTORS:
        make_detector(ModelConfig(detector=name))  # what is wrong with one is said before the long work
    with ExitStack() as held:
        folders = [held.enter_context(rebuilt(args.data, name, args.snr)) / name for name in ("fan", "pump")]
        cells = [_cell(folder, ident) for folder in folders for ident in ("00", "02")]
        cells.append(_cell(args.data / "dcase2020_real" / "slider", "00"))
        embedding = features.create("discriminative", **params_of("--param", args.param))
        clips = training_clips(
            [file for cell in cells for file in cell.train],
            make_extractor(ModelConfig(), RATE, front_end=embedding),
        )
        began = time.process_time()
        embedding.learn(clips, RATE, jobs=1, stage=_stage)
        seconds = time.process_time() - began
        print_head("clips", "`logmel`, `fused`", *(f"`discriminative`, `{name}`" for name in DETECTORS))
        every = []
        for cell in cells:
            default = _figures(make_front_end(make_config()), cell, ("fused",))
            every.append([*default, *_figures(embedding, cell, DETECTORS)])
            print_row(cell.name, *(pair(one) for one in every[-1]))
        print_row("mean of fan and pump", *(pair(column) for column in zip(*every[:-1], strict=True)))
        classes = vars(embedding)["about_"]["classes"]
        print(f"\n{seconds:.0f} s of one processor to hear and learn from {len(clips)} clips; {len(classes)} classes.")


if __name__ == "__main__":
    main()
