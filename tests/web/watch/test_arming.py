"""A person arms a machine whose shadow is long enough, in a real browser beside a real monitor."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.web.browsing import Open
from tests.web.watch.running import watched

import offkey
from offkey.watch.edit.plant_editor import PlantEditor
from offkey.watch.findings import Findings
from offkey.watch.machine_model import load_model
from offkey.watch.minutes import Minute
from offkey.watch.monitor import Monitor
from offkey.watch.settings import read_settings
from offkey.watch.store.store import Store
from offkey.web.watch.plant import Plant

PLANT = """
[[machine]]
name = "pump 7"
model = "pump 7.offkey"
source = { kind = "folder", path = "not there yet" }
shadow_days = 3
"""
SHADOW_S = 5400  # of which the machine has heard so far, a window a second


@pytest.fixture
def address(tmp_path: Path, store: Store, normal_folder: Path) -> Iterator[str]:
    """A plant with a machine in the middle of its shadow, whose source is waited for."""
    file = tmp_path / "plant.toml"
    file.write_text(PLANT)
    offkey.fit(normal_folder, detector="knn", progress=False).save(tmp_path / "pump 7.offkey")
    settings = read_settings(file)
    surprises = np.random.default_rng(0).exponential(2.0, SHADOW_S).clip(0, 12).astype("<f4").tobytes()
    begin = int(time.time()) // 60 * 60 - SHADOW_S
    _, model_id = load_model(settings.machine[0], tmp_path)
    store.write(Findings(minutes=[Minute("pump 7", model_id, begin, SHADOW_S, 0, 0.0, 0.0, 0.0, surprises)]))
    monitor = Monitor(settings, tmp_path, store, lambda _: None)
    editor = PlantEditor(file, lambda: monitor.settings, lambda taken: taken(None))
    with watched(monitor, Plant(monitor, store, tmp_path, editor)) as served_at:
        yield served_at


def test_a_machine_is_armed_with_a_sensitivity_before_its_shadow_is_over(
    address: str, open_page: Open, store: Store
) -> None:
    page = open_page("/life?name=pump+7", address=address)
    page.get_by_role("heading", name="It listens, and nobody is told yet.").wait_for()
    offered = page.locator("[name=sensitivity]")
    assert [one.get_attribute("value") for one in offered.all()] == ["0", "1", "3", "10", "30"]
    page.locator("[name=sensitivity][value='3']").check()
    promised = page.locator("form[action$=arm] label:has(:checked)").inner_text().strip()
    page.locator("form[action$=arm] [name=comment]").fill("the bearing is new")
    page.get_by_role("button", name="Arm", exact=True).click()
    page.get_by_role("heading", name="It is armed.").wait_for()
    page.get_by_role("button", name="Use this sensitivity").wait_for()
    assert page.locator("[name=sensitivity]:checked").get_attribute("value") == "3"
    step = store.life.newest_steps()["pump 7"]
    assert (step["step"], step["comment"], step["details"]["sensitivity"]) == ("armed", "the bearing is new", 3)
    assert step["details"]["bound"] > 0
    page.goto(f"{address}/machine?name=pump+7")
    assert promised.split(",")[0].rstrip(".") in page.inner_text("main")
