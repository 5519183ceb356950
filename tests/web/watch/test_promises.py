"""Promises beside what was found: broken ones first, and the rest of many folded."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient
from tests.web.watch.conftest import NOW, ROW, Stated

from offkey.watch.clock import MovedClock
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.minutes import Minute
from offkey.watch.rows import LifeStep, Review
from offkey.watch.settings import PlantSettings
from offkey.watch.store.store import Store
from offkey.web.watch.plant import Plant
from offkey.web.watch.promises import promises_of

DAY_S = 86_400.0
NAMES = [f"m{number}" for number in range(8)]


@pytest.fixture
def settings() -> PlantSettings:
    source = {"kind": "simulated", "machine": "fan"}
    machines = [{"name": name, "model": f"{name}.offkey", "source": source} for name in NAMES]
    return PlantSettings.model_validate({"machine": machines})


@pytest.fixture
def armed(store: Store, monitor: Stated) -> None:
    """Eight machines: m3 broke its promise, m5 had a false event, m2 had none; the others are not armed."""
    monitor.rows = [{**ROW, "machine": name, "promise": None if name == "m0" else "expected 0.9"} for name in NAMES]
    findings = Findings()
    for name, false in (("m2", 0), ("m3", 9), ("m5", 1)):
        store.add(LifeStep(name, NOW - 7 * DAY_S, "armed", "offkey", "", {"model": "m", "bound": 1.0}))
        findings.minutes += [
            Minute(name, "m", int(NOW) // 60 * 60 - 60 * minute, 6, 0, 0.0, 1.0, 2.0, None) for minute in range(1440)
        ]
        for number in range(false):
            event = f"{name}{number}"
            findings.changes.append(Change(event, name, "end", "fast", NOW - 50, NOW - 60, NOW - 50, 3.0, "m"))
            store.add(Review(event, NOW, "false", "ann"))
    store.write(findings)


@pytest.mark.usefixtures("armed")
def test_broken_promises_come_first_then_false_events(plant: Plant) -> None:
    found = promises_of(plant)
    assert [one.machine for one in found] == ["m3", "m5", "m2", "m1", "m4", "m6", "m7", "m0"]
    assert [one.ledger.is_broken if one.ledger else None for one in found[:4]] == [True, False, False, None]


@pytest.mark.usefixtures("armed")
def test_the_page_shows_the_worst_and_folds_the_rest(client: TestClient, monitor: Stated, clock: MovedClock) -> None:
    shown, folded, rest = client.get("/quality").text.partition("<summary>3 more machines</summary>")
    assert folded
    assert "found: 9 false events in" in shown.partition("<h2>Promised</h2>")[2]
    assert ("m7" in shown, "m7" in rest, "nothing yet" in rest) == (False, True, True)
    monitor.rows = monitor.rows[:6]
    clock.move(1)
    assert "more machine" not in client.get("/quality").text
