"""A small set on which tuning has something to choose: weak faults, two machine ids."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile

from offkey.datasets.table import make_table
from offkey.experiments.tuning.division import Cell


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

    def make(machine: str = "fan", section: str = "00", *, labels: tuple[int, ...] = (0, 0, 1, 1), **other) -> Cell:
        test = tuple(f"{machine}_{section}_test_{k}.wav" for k in range(len(labels)))
        train = tuple(f"{machine}_{section}_train_{k}.wav" for k in range(5))
        given = {"snr_db": None, "domains": None, "strata": ("",) * len(labels)} | other
        return Cell(machine, section, train=train, test=test, labels=labels, **given)

    return make
