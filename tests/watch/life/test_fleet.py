"""Machines of one kind beside each other; nothing is said where sisters are few."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.life.fleet import Comparison, compare_fleet
from offkey.watch.minutes import Minute
from offkey.watch.rows import HealthPoint
from offkey.watch.settings import PlantSettings
from offkey.watch.store.store import Store

NOW, HOUR_S = 1_800_000_000.0, 3600


def _hear(
    store: Store, name: str, *, scale: float = 1.0, moved: float = 0.0, health: float = 95.0, seed: int = 0
) -> None:
    """Keep five days of a machine, of which the last may differ."""
    rng = np.random.default_rng(seed)
    begin = int(NOW) - 5 * 24 * HOUR_S
    findings = Findings()
    for hour in range(5 * 24):
        mean = scale * (10 + rng.normal() + (moved if hour >= 4 * 24 else 0.0))
        findings.minutes.append(Minute(name, "m", begin + hour * HOUR_S, 60, 0, mean - 1, mean, mean + 1, None))
        findings.health.append(HealthPoint(name, begin + hour * HOUR_S, health, "normal", 1.0))
    store.write(findings)


@pytest.fixture
def plant(settings) -> PlantSettings:
    def machine(name: str, kind: str | None):
        return settings({"kind": "folder", "path": name}, name=name, kind=kind)

    kinds = {"a": "pump", "b": "pump", "c": "pump", "d": "pump", "x": "fan", "y": "fan", "z": None}
    return PlantSettings(machine=[machine(name, kind) for name, kind in kinds.items()])


def _by_name(found: list[Comparison]) -> dict[str, Comparison]:
    return {one.machine: one for one in found}


def test_a_machine_that_drifts_stands_out_from_its_sisters(store: Store, plant: PlantSettings) -> None:
    for number, name in enumerate("abcd"):
        _hear(store, name, scale=10.0**number, moved=6.0 if name == "c" else 0.0, seed=number)
    found = _by_name(compare_fleet(store, plant, days=1, at=NOW))
    assert [name for name, one in found.items() if one.sentence] == ["c"]
    assert found["c"].values["drift"] > 4
    assert found["c"].z["drift"] > 3.5
    assert found["c"].sentence.startswith("c stands out from its 3 sisters over the last day: drift of the score ")
    assert found["a"].sisters == 3


def test_poor_health_and_many_events_stand_out(store: Store, plant: PlantSettings) -> None:
    for number, name in enumerate("abcd"):
        _hear(store, name, health=40.0 if name == "b" else 95.0, seed=number)
    for number in range(5):
        at = NOW - 1000 - 100 * number
        store.write(Findings([Change(f"e{number}", "b", "end", "fast", at, at, at, 3.0, "m")]))
    (sentence,) = [one.sentence for one in compare_fleet(store, plant, days=1, at=NOW) if one.sentence]
    assert (
        sentence
        == "b stands out from its 3 sisters over the last day: events a week 35, theirs 0; health 40, theirs 95"
    )


def test_a_surrounding_that_moved_all_alike_is_nobody_s_fault(store: Store, plant: PlantSettings) -> None:
    for number, name in enumerate("abcd"):
        _hear(store, name, moved=6.0, seed=number)
    assert [one.sentence for one in compare_fleet(store, plant, days=1, at=NOW)] == [""] * 6


def test_nothing_is_said_with_fewer_than_three_sisters(store: Store, plant: PlantSettings) -> None:
    for number, name in enumerate("abcxyz"):
        _hear(store, name, moved=8.0 * number, health=20.0 * (number % 2), seed=number)
    found = _by_name(compare_fleet(store, plant, days=1, at=NOW))
    assert set(found) == set("abcdxy")  # z has no kind
    assert {name: one.sisters for name, one in found.items()} == {"a": 2, "b": 2, "c": 2, "d": 3, "x": 1, "y": 1}
    assert all(one.z == {} and one.sentence == "" for one in found.values())
    assert found["d"].values == {}  # it was not listened to
