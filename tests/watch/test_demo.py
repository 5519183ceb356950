"""The demo: models, shadows in fast time, and machines that are armed and have a fault one after the other."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Event, Thread

import pytest

from offkey.watch import demo
from offkey.watch.clock import FastClock
from offkey.watch.demo import demo_settings, prepare_demo
from offkey.watch.machine import WatchedMachine
from offkey.watch.machine_model import load_model
from offkey.watch.monitor import Monitor
from offkey.watch.preparation import Preparation
from offkey.watch.settings import PlantSettings
from offkey.watch.store.store import Store

AT = 1_800_000_000.0


@pytest.fixture
def fan(monkeypatch: pytest.MonkeyPatch) -> PlantSettings:
    """The settings of a demo of one machine, which learns little."""
    monkeypatch.setattr(demo, "machines", lambda: ["fan"])
    monkeypatch.setattr(demo, "_TRAIN_S", 200)
    return demo_settings()


def test_the_machines_of_the_demo_are_armed_by_their_shadows(store: Store, tmp_path: Path, fan: PlantSettings) -> None:
    said: list[str] = []
    (ready,) = prepare_demo(fan, tmp_path, Event(), at=AT, stage=said.append)
    assert said == ["fan: learning 3 minutes of normal sound, then 22 minutes of shadow"]
    store.write(ready.findings)
    model, model_id = load_model(ready.machine, tmp_path)
    machine = WatchedMachine(ready.machine, model, model_id, store.shadow("fan", model_id))
    assert machine.phase == "armed"
    rows = store.minutes("fan")
    assert 264 <= sum(row["windows"] for row in rows) < 500
    assert AT - 7260 <= rows[-1]["minute"] < rows[0]["minute"] < AT
    assert (ready.machine.source.kind, ready.machine.source.fault) == ("simulated", "imbalance")
    assert model.reference is not None
    assert len(model.reference.sounds) == 4


def test_each_machine_of_the_demo_has_its_fault_in_turn() -> None:
    sources = [machine.source for machine in demo_settings().machine]
    assert [source.fault_after_s for source in sources] == [10, 55, 100, 145]
    assert {source.fault_every_s for source in sources} == {180}


def test_nothing_is_prepared_once_the_demo_is_stopped(tmp_path: Path) -> None:
    stopping = Event()
    stopping.set()
    assert list(prepare_demo(demo_settings(), tmp_path, stopping, at=AT, stage=lambda _: None)) == []


def test_the_first_fault_is_an_event_with_sound_and_explanation_within_90_seconds_of_listening(
    store: Store, tmp_path: Path, fan: PlantSettings
) -> None:
    """By a clock that is ten times as fast."""
    clock, stopping = FastClock(10, at=AT), Event()
    work = partial(prepare_demo, fan, tmp_path, at=AT, stage=lambda _: None)
    monitor = Monitor(fan, tmp_path, store, lambda _: None, clock, Preparation(work))
    (before,) = monitor.status()
    assert (before["machine"], before["phase"], before["fresh"]) == ("fan", "preparing", False)
    thread = Thread(target=monitor.run, args=(stopping,))
    thread.start()
    found = next(_looked_for(store))
    stopping.set()
    thread.join(60)
    healthy = store.source_states()[-1]
    assert healthy["state"] == "healthy"
    assert found["at"] - healthy["at"] < 90
    (clip,) = store.clips(found["event"])
    assert (tmp_path / clip["path"]).stat().st_size == clip["bytes"] > 10_000
    explanation = store.explanation(found["event"])
    assert explanation is not None
    region = explanation["details"]["regions"][0]
    assert region["low_hz"] < 380
    assert monitor.status()[0].keys() == before.keys()


def _looked_for(store: Store) -> Iterator[dict[str, object]]:
    """Yield the first change of an event that has an explanation by now."""
    until = time.monotonic() + 200
    while time.monotonic() < until:
        for row in store.events():
            if store.explanation(row["event"]) is not None:
                yield store.changes(row["event"])[0]
        time.sleep(0.05)
