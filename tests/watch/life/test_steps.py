"""Steps that people take: kept with who and why, and refused with a reason where they promise nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from offkey.errors import UsageError
from offkey.watch.findings import Findings
from offkey.watch.life.decision import Decision
from offkey.watch.life.steps import arm, begin_learning, begin_shadow, machine_named, put_in_service, shadow_judge
from offkey.watch.machine_model import load_model, model_digest
from offkey.watch.minutes import Minute
from offkey.watch.settings import MachineSettings, PlantSettings
from offkey.watch.store.store import Store

NOW = Decision(1_800_010_000.0, "ann", "it is time")


@pytest.fixture
def hum_machine(settings) -> MachineSettings:
    return settings({"kind": "stdin", "rate": 16_000})


def test_steps_are_kept_with_who_and_why(hum_machine: MachineSettings, store: Store, tmp_path: Path) -> None:
    begin_learning(store, hum_machine, tmp_path, NOW)
    begin_shadow(store, hum_machine, tmp_path, NOW)
    put_in_service(store, hum_machine, "out of service", NOW)
    rows = store.life.steps("hum")
    assert [row["step"] for row in rows] == ["learning", "shadow", "out of service"]
    assert {(row["at"], row["by"], row["comment"]) for row in rows} == {(NOW.at, "ann", "it is time")}
    assert rows[0]["details"] == {"model": model_digest(hum_machine, tmp_path)}


def test_the_five_sensitivities_are_counted_from_the_shadow(
    hum_machine: MachineSettings, store: Store, tmp_path: Path, fill_shadow
) -> None:
    fill_shadow(store, hum_machine)
    found = shadow_judge(store, hum_machine, tmp_path).shadow.sensitivities()
    assert [one.allowed for one in found] == [0, 1, 3, 10, 30]
    chosen = arm(store, hum_machine, tmp_path, 10, NOW)
    assert chosen == found[3]
    (row,) = store.life.steps("hum")
    assert (row["step"], row["comment"]) == ("armed", "it is time")
    assert (row["details"]["sensitivity"], row["details"]["in_file"]) == (10, 0)
    with pytest.raises(UsageError, match=r"must be one of 0, 1, 3, 10, 30\. Got 5 instead"):
        arm(store, hum_machine, tmp_path, 5, NOW)


def test_a_shadow_that_is_too_short_is_refused_and_what_it_needs_is_said(
    hum_machine: MachineSettings, store: Store, tmp_path: Path
) -> None:
    _, model_id = load_model(hum_machine, tmp_path)
    surprises = np.random.default_rng(0).exponential(2.0, 600).clip(0, 12).astype("<f4").tobytes()
    store.write(Findings(minutes=[Minute("hum", model_id, 1_800_000_000, 600, 0, 0.0, 0.0, 0.0, surprises)]))
    with pytest.raises(UsageError, match=r"too short to promise anything: 10 of 20 minutes") as found:
        arm(store, hum_machine, tmp_path, None, NOW)
    assert "It will be long enough after 10 more minutes of sound." in str(found.value)
    begin_shadow(store, hum_machine, tmp_path, NOW)
    with pytest.raises(UsageError, match="0 of 20 minutes"):
        arm(store, hum_machine, tmp_path, None, NOW)
    assert [row["step"] for row in store.life.steps("hum")] == ["shadow"]


def test_what_has_no_model_has_no_shadow(settings, store: Store, tmp_path: Path) -> None:
    machine = settings({"kind": "stdin", "rate": 16_000}, model="nothing.offkey")
    for step in (begin_shadow, lambda *given: arm(*given[:3], None, given[3])):
        with pytest.raises(UsageError, match="hum has no model yet: it is learning"):
            step(store, machine, tmp_path, NOW)
    begin_learning(store, machine, tmp_path, NOW)
    assert [row["details"] for row in store.life.steps("hum")] == [{"model": None}]


def test_a_machine_that_learns_anew_cannot_be_armed(hum_machine: MachineSettings, store: Store, tmp_path: Path) -> None:
    begin_learning(store, hum_machine, tmp_path, NOW)
    with pytest.raises(UsageError, match="hum is learning"):
        arm(store, hum_machine, tmp_path, None, NOW)


def test_a_machine_that_is_not_there_is_named_with_those_that_are(hum_machine: MachineSettings) -> None:
    plant = PlantSettings(machine=[hum_machine])
    assert machine_named(plant, "hum") is hum_machine
    with pytest.raises(UsageError, match=r"no machine 'hmu': it has 'hum'\."):
        machine_named(plant, "hmu")
