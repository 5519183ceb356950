"""Ledger and trends of a machine, from what is kept of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.life.record import machine_ledger, machine_trends
from offkey.watch.life.status import plant_status
from offkey.watch.minutes import Minute
from offkey.watch.rows import LifeStep, Review
from offkey.watch.settings import PlantSettings
from offkey.watch.store.store import Store

DAY = 86_400
START = 1_800_000_000 // DAY * DAY
ARMED = LifeStep("pump", float(START), "armed", "offkey", "", {"model": "m", "bound": 3.0})


def fill(store: Store, days: int, rise_a_day: float = 0.0) -> float:
    """Keep minutes of scores; return the end."""
    rng = np.random.default_rng(0)
    at = START + 60 * np.arange(1440 * days)
    means = 1.0 + rise_a_day * (at - START) / DAY + 0.1 * rng.standard_normal(len(at))
    rows = zip(at.tolist(), means.tolist(), strict=True)
    store.write(Findings(minutes=[Minute("pump", "m", minute, 12, 0, 0.5, mean, 2.0, None) for minute, mean in rows]))
    return float(START + DAY * days)


def event(name: str, began: float) -> Change:
    return Change(name, "pump", "end", "fast", began + 60, began, began + 50, 5.0, "m")


def test_false_events_since_it_was_armed_are_counted_beside_what_was_promised(store: Store) -> None:
    at = fill(store, 2)
    store.add(ARMED)
    own = [event(name, START + 100.0) for name in "abc"]
    others = [replace(event("d", START + 200.0), area="hall 2"), event("e", START - 100.0)]
    store.write(Findings([*own, *others, replace(event("f", START + 300.0), machine="fan")]))
    verdicts = {"a": "false", "b": "true", "d": "false", "e": "false"}
    store.add(*(Review(name, at, verdict, "ann") for name, verdict in verdicts.items()))  # type: ignore[arg-type]
    ledger = machine_ledger(store, "pump", at=at)
    assert ledger is not None
    assert (ledger.false, ledger.others, ledger.open, ledger.promise) == (1, 1, 1, 3.0)
    assert ledger.days == pytest.approx(2, abs=0.1)


def test_there_is_no_ledger_before_it_is_armed_or_anything_is_scored(store: Store) -> None:
    assert machine_ledger(store, "pump", at=float(START)) is None
    store.add(ARMED)
    assert machine_ledger(store, "pump", at=float(START + 100)) is None
    at = fill(store, 1)
    store.add(replace(ARMED, step="shadow", at=at))
    assert machine_ledger(store, "pump", at=at) is None


def test_trends_are_of_the_kept_scores(store: Store) -> None:
    at = fill(store, 14, rise_a_day=0.05)
    hours, days = machine_trends(store, "pump", at=at)
    assert (hours.per, days.per) == ("hour", "day")
    assert days.slope == pytest.approx(0.05, abs=0.01)
    assert days.sentence().startswith("rising by 0.05 a day")
    assert machine_trends(store, "fan", at=at) == []


def test_both_stand_in_the_status_of_a_plant(store: Store, tmp_path: Path, settings) -> None:
    plant = PlantSettings(machine=[settings({"kind": "stdin", "rate": 16_000}, name="pump")])
    before = plant_status(store, plant, tmp_path, at=float(START))[0]
    assert (before["ledger"], before["trends"]) == (None, [])
    at = fill(store, 14, rise_a_day=0.05)
    store.add(ARMED)
    after = plant_status(store, plant, tmp_path, at=at)[0]
    assert after["ledger"].startswith("0 false events in 14 days")
    assert after["trends"][-1].startswith("rising by 0.05 a day")
