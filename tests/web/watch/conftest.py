"""A plant whose monitor is a stand-in: the test chooses what it says, and the store is a real one."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the test client's own dependencies, at import
    from starlette.testclient import TestClient

from tests.conftest import Hum

from offkey.errors import OffkeyError
from offkey.model import Model
from offkey.watch.clock import MovedClock
from offkey.watch.edit.plant_editor import PlantEditor, settings_text
from offkey.watch.evidence.clips import clip_path, write_clip
from offkey.watch.evidence.ring import Cut
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.rows import Clip, Explanation
from offkey.watch.settings import PlantSettings, read_settings
from offkey.watch.store.store import Store
from offkey.web.app import create_app
from offkey.web.watch.part import watch_part
from offkey.web.watch.plant import Plant

NOW = 1_800_000_000.0
ROW: dict[str, Any] = {
    "machine": 'pump "7"\\',
    "phase": "armed",
    "stage": "armed",
    "source": "healthy",
    "reason": "",
    "fresh": True,
    "event": True,
    "level": "warning",
    "index": None,
    "state": None,
    "score": 1.5,
    "p_value": 0.01,
    "window_end": NOW + 0.25,
    "promise": "expected 0.9 a week (0.2 to 2.6), from 11 days of normal sound",
    "shadow_days": 3.1,
    "shadow_days_wanted": 3.0,
}

RATE = 16_000
EVENT = "ab" * 16
CHANGE = Change(EVENT, ROW["machine"], "end", "fast", NOW, NOW - 60, NOW - 50, 3.0, "m", level="warning")
REGION = {"spans_s": [[1.0, 2.0]], "low_hz": 3000.0, "high_hz": 4000.0, "higher": True, "share": 0.9, "character": ""}


class Stated:
    """In place of a monitor."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = [dict(ROW)]
        self.scoring = True
        self.settings: PlantSettings | None = None
        self.kept_model: Model | None = None

    def status(self) -> list[dict[str, Any]]:
        return self.rows

    def model(self, _machine: str) -> Model | None:
        return self.kept_model

    def is_scoring(self) -> bool:
        return self.scoring


@pytest.fixture
def monitor() -> Stated:
    return Stated()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "plant.db")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(NOW)


@pytest.fixture
def settings() -> PlantSettings:
    machine = {"name": ROW["machine"], "model": "m.offkey", "source": {"kind": "simulated", "machine": "fan"}}
    return PlantSettings.model_validate({"plant": {"name": "hall 2", "zone": "Europe/Berlin"}, "machine": [machine]})


@pytest.fixture
def plant_file(tmp_path: Path, settings: PlantSettings) -> Path:
    """The file of the plant."""
    path = tmp_path / "plant.toml"
    path.write_text('[plant]\nname = "hall 2"\nzone = "Europe/Berlin"\n' + settings_text(settings), encoding="utf-8")
    return path


@pytest.fixture
def plant(monitor: Stated, store: Store, settings: PlantSettings, plant_file: Path, clock: MovedClock) -> Plant:
    def reload(taken: Callable[[OffkeyError | None], None]) -> None:
        try:
            monitor.settings = read_settings(plant_file)
        except OffkeyError as error:
            taken(error)
        else:
            taken(None)

    monitor.settings = settings
    editor = PlantEditor(plant_file, lambda: monitor.settings or settings, reload)
    return Plant(monitor, store, plant_file.parent, editor, clock)  # type: ignore[arg-type]


@pytest.fixture
def kept(store: Store, tmp_path: Path, hum: Hum) -> Path:
    """An event with its clip and its explanation; the file of the clip."""
    path = clip_path(CHANGE)
    cut = Cut((hum(3, seconds=4)[:, None] * 30_000).astype(np.int16), RATE, NOW - 61)
    size, digest = write_clip(tmp_path / path, CHANGE, cut)
    details: dict[str, Any] = {"regions": [REGION], "score": 7.5, "threshold": 4.0, "timbre": [], "normal": None}
    store.write(
        Findings(
            [CHANGE],
            explanations=[Explanation(EVENT, NOW, "A hiss at 3 to 4 kHz.", details)],
            clips=[Clip(EVENT, str(path), cut.began, cut.ended, RATE, size, digest)],
        )
    )
    return tmp_path / path


@pytest.fixture
def client(plant: Plant) -> TestClient:
    app = create_app([watch_part(plant)], title="offkey watch")
    return TestClient(app, base_url="http://127.0.0.1:8001")
