"""The commands about the life of machines and what people say of events, on a plant that nobody watches."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.machine_model import load_model
from offkey.watch.minutes import Minute
from offkey.watch.settings import read_settings
from offkey.watch.store.store import Store

PLANT = """
plant = {{ name = "hall", zone = "Europe/Berlin" }}

[[machine]]
name = "pump 7"
model = "{model}"
source = {{ kind = "folder", path = "in" }}
"""


@pytest.fixture
def plant(tmp_path: Path, model_file: Path) -> Path:
    """A plant with an event, and a shadow of 21 minutes."""
    path = tmp_path / "plant.toml"
    path.write_text(PLANT.format(model=model_file))
    _, model_id = load_model(read_settings(path).machine[0], tmp_path)
    surprises = np.random.default_rng(0).exponential(2.0, 1260).clip(0, 12).astype("<f4").tobytes()
    store = Store(tmp_path / "plant.db")
    row = Minute("pump 7", model_id, 1_790_000_000, 1260, 0, 0.0, 0.0, 0.0, surprises)
    event = Change("3f9a01c2" * 4, "pump 7", "new", "fast", 1_790_000_100.0, 1_790_000_095.0, None, 3.0, model_id)
    store.write(Findings([event], [row]))
    store.close()
    return path


def _steps(plant: Path) -> list[tuple[str, str, str]]:
    store = Store(plant.parent / "plant.db", read_only=True)
    try:
        return [(row["step"], row["by"], row["comment"]) for row in store.life.steps("pump 7")]
    finally:
        store.close()


def test_a_machine_is_armed_with_a_sensitivity_whose_promise_is_shown(run, plant: Path) -> None:
    shown = run("watch", "arm", plant, "pump 7", "--show")
    assert (shown.status, shown.err, _steps(plant)) == (0, "", [])
    rows = [line for line in shown.out.splitlines() if "a week" in line]
    assert len(rows) == 5
    assert all("from 21 minutes of normal sound" in row for row in rows)
    armed = run("watch", "arm", plant, "pump 7", "--sensitivity", 3, "--by", "ann", "--comment", "go")
    assert (armed.status, armed.err) == (0, "pump 7 is armed. A monitor that runs follows within seconds.\n")
    assert _steps(plant) == [("armed", "ann", "go")]
    report = run("watch", "arm", plant, "pump 7", "--show", "--json").json
    assert [one["sensitivity"] for one in report["sensitivities"]] == [0, 1, 3, 10, 30]
    assert (report["armed"], report["chosen"]) == (False, 1)


def test_steps_are_taken_by_commands_and_refused_in_one_sentence(run, plant: Path) -> None:
    for command in ("learn", "shadow", "out-of-service", "in-service"):
        ran = run("watch", command, plant, "pump 7", "--by", "ann")
        assert ran.status == 0
    assert [step for step, _, _ in _steps(plant)] == ["learning", "shadow", "out of service", "in service"]
    ran = run("watch", "arm", plant, "pump 7")
    assert (ran.status, ran.err.count("\n"), "is too short to promise anything" in ran.err) == (2, 1, True)
    ran = run("watch", "shadow", plant, "pump 8")
    assert (ran.status, ran.err) == (2, "offkey: The plant has no machine 'pump 8': it has 'pump 7'.\n")


def test_events_are_listed_reviewed_and_acknowledged(run, plant: Path) -> None:
    listed = run("watch", "review", plant)
    assert "3f9a01c2" in listed.out
    assert "2026-09-21" in listed.out
    assert "CEST" in listed.out
    assert run("watch", "acknowledge", plant, "3f9a", "--comment", "on my way").status == 0
    assert run("watch", "review", plant, "--json").json["events"][0]["acknowledged"] is True
    assert "needs an event and a verdict" in run("watch", "review", plant, "3f9a").err
    assert "has no clip" in run("watch", "review", plant, "3f9a", "false", "--join-normal").err
    ran = run("watch", "review", plant, "3f9a", "true", "--comment", "bearing", "--json")
    assert (ran.status, ran.json["verdict"]) == (0, "true")
    assert ran.err == "pump 7: the event 3f9a01c2 is reviewed as true.\n"
    assert run("watch", "review", plant).err == "All events are reviewed.\n"


def test_a_shelf_needs_an_end_and_a_reason(run, plant: Path) -> None:
    assert run("watch", "shelve", plant, "pump 7", "--until", "8h").status == 2
    assert run("watch", "shelve", plant, "pump 7", "--reason", "welding").status == 2
    ran = run("watch", "shelve", plant, "pump 7", "--until", "2001-01-01", "--reason", "welding")
    assert (ran.status, "has passed" in ran.err) == (2, True)
    ran = run("watch", "shelve", plant, "pump 7", "--until", "8h", "--reason", "welding")
    assert ran.status == 0
    assert ran.err.startswith(f"pump 7 is shelved until {time.strftime('%Y')}")
    assert ran.err.endswith(": welding\n")
    assert run("watch", "unshelve", plant, "pump 7").err == "pump 7 is shelved no longer.\n"
