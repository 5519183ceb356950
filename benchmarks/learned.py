"""Learned models beside the default, on rebuilt fans and pumps of MIMII and on real clips of a slide rail.

    python -m benchmarks.learned DATA

DATA is the folder with ``dcase2020_real/`` and ``rebuild_mimii.py``. Prints the table of docs/results.md. Of each
rebuilt machine, id and signal-to-noise ratio, 250 normal clips train and 80 + 80 test. Seconds are those of the
processor, for one training; a whole ``offkey fit`` also trains a network for each fold of its calibration.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.rebuilt import rebuilt
from benchmarks.tables import areas, pair, print_head, print_row
from offkey.model import ModelConfig
from offkey.model.make_components import make_detector, make_extractor

SYSTEMS = {
    "`fused`": ModelConfig(),
    "`gmm`": ModelConfig(detector="gmm"),
    "`autoencoder`": ModelConfig(detector="autoencoder", features="frames"),
}
"""What is compared, by the name in the table."""

_TRAINED = "`autoencoder`"

RATE = 16_000


class Cell(NamedTuple):
    """The clips of one machine id at one signal-to-noise ratio."""

    name: str
    train: list[Path]
    normal: list[Path]
    anomalous: list[Path]


def cells(data: Path) -> Iterator[Cell]:
    """Yield the cells one by one; the clips of one are gone when the next is asked for."""
    for machine in ("fan", "pump"):
        for snr in ("6dB", "0dB", "min6dB"):
            with rebuilt(data, machine, snr, seconds=10, seed=0) as folder:
                for ident in ("00", "02"):
                    yield _cell(f"{machine} {ident}, {snr.replace('min', '-')}", folder / machine, ident)
    yield _cell("real slide rail 00", data / "dcase2020_real" / "slider", "00")


def _cell(name: str, folder: Path, ident: str) -> Cell:
    found = [sorted((folder / part).glob(f"{label}*id_{ident}*")) for part, label in _PARTS]
    return Cell(name, *found)


_PARTS = (("train", "normal"), ("test", "normal"), ("test", "anomaly"))


def _vectors(config: ModelConfig, files: list[Path]) -> NDArray[np.float32]:
    heard = make_extractor(config, RATE).extract_all(files, jobs=1)
    return np.array([window.vector for clip in heard for window in clip.windows])


def _measure(config: ModelConfig, cell: Cell) -> tuple[tuple[float, float], float]:
    """Return AUC and pAUC, and the seconds of the processor that the fit took."""
    train = _vectors(config, cell.train)
    began = time.process_time()
    detector = make_detector(config).fit(train)
    seconds = time.process_time() - began
    normal, anomalous = (detector.score(_vectors(config, files)) for files in (cell.normal, cell.anomalous))
    return areas(normal, anomalous), seconds


def main(arguments: Sequence[str] | None = None) -> None:
    """Print AUC and pAUC of each system in each cell, and the seconds that training an autoencoder took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    args = parser.parse_args(arguments)
    print_head("clips", *SYSTEMS, "training, s")
    every: list[list[tuple[float, float]]] = []
    for cell in cells(args.data):
        figures, seconds = zip(*(_measure(config, cell) for config in SYSTEMS.values()), strict=True)
        every.append(list(figures))
        print_row(cell.name, *(pair(one) for one in figures), f"{seconds[list(SYSTEMS).index(_TRAINED)]:.0f}")
    print_row("mean", *(pair(column) for column in zip(*every, strict=True)), "")


if __name__ == "__main__":
    main()
