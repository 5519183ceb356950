"""Fixtures for watching."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import offkey
from offkey.watch.findings import Findings
from offkey.watch.machine_model import load_model
from offkey.watch.minutes import Minute
from offkey.watch.settings import MachineSettings
from offkey.watch.store.store import Store

START = 1_800_000_000.0


@pytest.fixture(scope="session")
def watch_model(normal_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of clips of one second; not to be written to."""
    path = tmp_path_factory.mktemp("watch") / "hum.offkey"
    offkey.fit(normal_folder, detector="knn", jobs=1).save(path)
    return path


@pytest.fixture
def settings(watch_model: Path) -> Callable[..., MachineSettings]:
    """Return a function: source and further fields to the settings of a machine with a shadow of 21 minutes."""

    def make(source: dict[str, Any], **fields: Any) -> MachineSettings:
        given = {"name": "hum", "model": str(watch_model), "shadow_days": 0.0145, "sensitivity": 0, "source": source}
        return MachineSettings.model_validate({**given, **fields})

    return make


@pytest.fixture(scope="session")
def surprises() -> bytes:
    """A shadow of 21 minutes in windows of a second: surprises of a machine that is normal."""
    return np.random.default_rng(0).exponential(2.0, 1260).clip(0, 12).astype("<f4").tobytes()


@pytest.fixture
def store(tmp_path: Path) -> Any:
    """An empty database, closed in the end."""
    opened = Store(tmp_path / "plant.db")
    yield opened
    opened.close()


@pytest.fixture
def fill_shadow(surprises: bytes) -> Callable[[Store, MachineSettings], None]:
    """Return a function that gives a machine its shadow in a store."""

    def fill(store: Store, machine: MachineSettings) -> None:
        _, model_id = load_model(machine, Path())
        row = Minute(machine.name, model_id, int(START), 1260, 0, 0.0, 0.0, 0.0, surprises)
        store.write(Findings(minutes=[row]))

    return fill
