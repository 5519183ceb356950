"""Benchmarks of tiny sets, and a small set on which there is something to choose: weak faults, two machine ids."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile

from offkey.datasets.table import make_table
from offkey.experiments.benchmark import BenchmarkRun, Settings, run_benchmark
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell, Clip

DEAF = {"keep": [0, 1, 2, 3]}
"""Bands that do not hear the fault of the tiny sets, so that figures are neither 0 nor 1."""

BenchmarkMaker = Callable[..., BenchmarkRun]


@pytest.fixture(scope="session")
def knn() -> Candidate:
    """A candidate that is quick, and errs."""
    return Candidate("logmel", "knn", features_params=DEAF)


@pytest.fixture(scope="session")
def tiny_run(
    tmp_path_factory: pytest.TempPathFactory, tiny_edition: Callable[[int], Path], knn: Candidate
) -> BenchmarkMaker:
    """Return a function: year to a finished benchmark of both parts of a tiny set; not to be written to."""
    made: dict[int, BenchmarkRun] = {}

    def make(year: int) -> BenchmarkRun:
        if year not in made:
            root = tiny_edition(year)
            settings = Settings(
                f"dcase{year}",
                root,
                tmp_path_factory.mktemp(f"run{year}") / "run",
                [knn, Candidate("logmel", "mahalanobis", features_params=DEAF)],
                parts=("dev", "eval"),
                ground_truth=root / "ground_truth",
            )
            made[year] = run_benchmark(settings, jobs=2)
        return made[year]

    return make


def _write_id(folder: Path, section: str, hum, *, train: int = 14, test: int = 10) -> list[dict]:
    """Write clips of one id: anomalies have a weak tone at 3 kHz, in the second id at 3.2 kHz."""
    rows = []
    for k in range(train + 2 * test):
        seed = 1000 * int(section) + k
        label = "anomaly" if k >= train + test else "normal"
        sound = hum(seed, seconds=0.3)
        if label == "anomaly":
            tone_hz = 3000 + 100 * int(section)
            strength = 0.002 * np.random.default_rng(seed).uniform(0.3, 2)
            sound = sound + np.float32(strength) * np.sin(2 * np.pi * tone_hz * np.arange(len(sound)) / 16_000)
        file = folder / f"{section}_{k:03d}.wav"
        soundfile.write(file, sound, 16_000, subtype="FLOAT")
        split = "train" if k < train else "test"
        rows.append({"file": str(file), "machine": "fan", "section": section, "split": split, "label": label})
    return rows


@pytest.fixture(scope="session")
def weak_faults(tmp_path_factory: pytest.TempPathFactory, hum) -> pl.DataFrame:
    """Table of two ids with 14 training and 20 test clips each; not to be written to."""
    folder = tmp_path_factory.mktemp("weak")
    return make_table([row for section in ("00", "02") for row in _write_id(folder, section, hum)])


@pytest.fixture
def cell() -> Callable[..., Cell]:
    """Return a function that makes a cell without any files behind it."""

    def make(
        machine: str = "fan",
        section: str = "00",
        *,
        labels: tuple[int, ...] = (0, 0, 1, 1),
        snr_db: float | None = None,
    ) -> Cell:
        names = [(f"{machine}_{section}_test_{k}.wav", label) for k, label in enumerate(labels)]
        test = tuple(Clip(Path(name), name, None, label, name) for name, label in names)
        train = tuple(Clip(Path(f"{k}.wav"), f"{machine}_{section}_train_{k}.wav", None, 0, str(k)) for k in range(5))
        return Cell("dev", machine, section, snr_db, train, test)

    return make
