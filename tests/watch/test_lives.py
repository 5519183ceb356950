"""A running monitor follows the steps in the lives of its machines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
import soundfile
from tests.conftest import Hum

from offkey.model import load
from offkey.watch.acquisition.source import Begin, Item
from offkey.watch.clock import Clock
from offkey.watch.life.candidates import promote
from offkey.watch.life.decision import Decision
from offkey.watch.life.steps import arm, begin_learning, begin_shadow, put_in_service
from offkey.watch.monitor import Monitor
from offkey.watch.rows import Candidate
from offkey.watch.settings import MachineSettings, PlantSettings, SiteSettings, read_settings
from offkey.watch.store.keep import KeepSettings
from offkey.watch.store.store import Store

Running = Callable[[MachineSettings], tuple[Monitor, list[str]]]
Settings = Callable[..., MachineSettings]
Fill = Callable[[Store, MachineSettings], None]

AT = 1_800_000_000.0
DONE_S = 120


class _Endless:
    """A machine that is normal for ever, faster than in real time."""

    waits = True
    stalled_after_s = 30.0

    def __init__(self, hum: Hum) -> None:
        self._seconds = [hum(number)[:, None] for number in range(300)]

    def listen(self, stopping: Event, _clock: Clock) -> Iterator[Item]:
        yield Begin(16_000, time.time())
        number = 0
        while not stopping.wait(0.002):
            yield self._seconds[number % 300]
            number += 1


@pytest.fixture
def running(store: Store, tmp_path: Path, hum: Hum, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """Return a function: a machine to its monitor that runs, and the list of what it says."""
    monkeypatch.setattr("offkey.watch.acquisition.make.StandardInput", lambda *_: _Endless(hum))
    monkeypatch.setattr("offkey.watch.machines._LOOK_S", 0.05)
    stopping, threads = Event(), []

    def start(machine: MachineSettings) -> tuple[Monitor, list[str]]:
        said: list[str] = []
        monitor = Monitor(PlantSettings(machine=[machine]), tmp_path, store, said.append)
        threads.append(Thread(target=monitor.run, args=(stopping,)))
        threads[-1].start()
        return monitor, said

    yield start
    stopping.set()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + DONE_S
    while not holds():
        assert time.monotonic() < until, "it did not come in time"
        time.sleep(0.02)


def test_a_machine_without_a_model_learns_and_then_begins_its_shadow(
    running: Running, settings: Settings, store: Store, tmp_path: Path
) -> None:
    machine = settings({"kind": "stdin", "rate": 16_000}, model="new/hum.offkey", learn_hours=0.06)
    monitor, said = running(machine)
    assert monitor.status()[0]["phase"] == "learning"
    _until(lambda: monitor.status()[0]["phase"] == "shadow" and monitor.status()[0]["score"] is not None)
    assert (tmp_path / "new" / "hum.offkey").is_file()
    first, second = store.life.steps("hum")
    assert (first["step"], first["details"], second["step"], second["by"]) == (
        "learning",
        {"model": None},
        "shadow",
        "offkey",
    )
    assert second["comment"].startswith("learnt from ")
    assert second["details"]["clips"] >= 20
    assert said[0].startswith("hum: learning, 0 of 0.06 hours of normal sound in 0 clips")
    assert any(line.startswith("hum: shadow; learnt from ") for line in said)
    assert "hum: in the shadow, 0 minutes of 21 minutes; events are not told yet" in said


def test_steps_that_people_take_are_followed_while_it_runs(
    running: Running, settings: Settings, store: Store, fill_shadow: Fill, tmp_path: Path
) -> None:
    machine = settings({"kind": "stdin", "rate": 16_000}, shadow_days=30.0)
    fill_shadow(store, machine)
    monitor, _ = running(machine)
    assert monitor.status()[0]["phase"] == "shadow"
    by = Decision(time.time(), "ann", "go")
    assert arm(store, machine, tmp_path, 3, by).allowed == 3
    _until(lambda: monitor.status()[0]["phase"] == "armed")
    assert monitor.status()[0]["promise"].startswith("expected ")
    put_in_service(store, machine, "out of service", by)
    _until(lambda: monitor.status()[0]["phase"] == "out of service")
    assert monitor.status()[0]["fresh"]
    put_in_service(store, machine, "in service", by)
    _until(lambda: monitor.status()[0]["phase"] == "armed")
    begin_shadow(store, machine, tmp_path, by)
    _until(lambda: monitor.status()[0]["phase"] == "shadow")
    begin_learning(store, machine, tmp_path, by)
    _until(lambda: monitor.status()[0]["phase"] == "learning")


def test_a_promoted_candidate_is_scored_with_while_the_monitor_runs(
    running: Running, settings: Settings, store: Store, fill_shadow: Fill, watch_model: Path, tmp_path: Path
) -> None:
    model = tmp_path / "hum.offkey"
    model.write_bytes(watch_model.read_bytes())
    machine = settings({"kind": "stdin", "rate": 16_000}, model=str(model))
    fill_shadow(store, machine)
    monitor, said = running(machine)
    assert monitor.status()[0]["phase"] == "armed"
    load(model).with_false_alarm_rate(0.02).save(tmp_path / "c1.offkey")
    store.add(Candidate("c1", "hum", time.time(), "c1.offkey", "0" * 16, 24))
    promote(store, machine, tmp_path, "c1", Decision(time.time(), "ann", "go"))
    _until(lambda: monitor.status()[0]["phase"] == "shadow" and monitor.status()[0]["shadow_days"] > 0)
    assert any(line.startswith("hum: in the shadow, 0 minutes of 21 minutes") for line in said)


def test_changed_settings_are_taken_up_without_a_gap_for_the_others(
    running: Running, settings: Settings, store: Store, fill_shadow: Fill, tmp_path: Path
) -> None:
    hum = settings({"kind": "stdin", "rate": 16_000})
    other = settings({"kind": "folder", "path": "in"}, name="other")
    fill_shadow(store, hum)
    monitor, said = running(hum)
    _until(lambda: monitor.status()[0]["score"] is not None)
    feed = next(iter(monitor._machines)).feed
    keener = hum.model_copy(update={"sensitivity": 10})
    wanted = PlantSettings(machine=[other, keener], keep=KeepSettings(clips_days=3.0), plant=SiteSettings(name="hall"))
    monitor.reload(lambda: wanted)
    _until(lambda: any(line.startswith("The settings were read again") for line in said))
    assert (
        "The settings were read again: other is added; hum: sensitivity 10 instead of 0; its rule is chosen anew; "
        "plant.name hall instead of plant, in messages from the next start; keep.clips_days 3 instead of 365."
    ) in said
    _until(lambda: "expected 1.2e+02" not in str(monitor.status()[1]["promise"]))
    assert [row["machine"] for row in monitor.status()] == ["other", "hum"]
    assert [one.feed is feed for one in monitor._machines] == [False, True]
    monitor.reload(lambda: wanted.model_copy(update={"machine": [keener]}))
    _until(lambda: "The settings were read again: other is removed." in said)
    monitor.reload(lambda: wanted.model_copy(update={"machine": [keener]}))
    _until(lambda: "The settings were read again: nothing is changed." in said)
    assert [one.feed for one in monitor._machines] == [feed]


def test_a_model_file_that_was_replaced_is_taken_up_and_a_damaged_one_is_not(
    running: Running, settings: Settings, store: Store, fill_shadow: Fill, watch_model: Path, tmp_path: Path
) -> None:
    model = tmp_path / "hum.offkey"
    model.write_bytes(watch_model.read_bytes())
    machine = settings({"kind": "stdin", "rate": 16_000}, model=str(model))
    fill_shadow(store, machine)
    monitor, said = running(machine)
    assert monitor.status()[0]["phase"] == "armed"
    plant = PlantSettings(machine=[machine])
    model.write_bytes(b"no model")
    monitor.reload(lambda: plant)
    _until(lambda: any("as they were" in line and "hum.offkey" in line for line in said))
    model.unlink()
    monitor.reload(lambda: plant)
    _until(lambda: "The settings were read again: nothing is changed." in said)
    assert monitor.status()[0]["phase"] == "armed"
    load(watch_model).with_false_alarm_rate(0.02).save(model)
    monitor.reload(lambda: plant)
    _until(lambda: "The settings were read again: hum: another model file; its shadow begins anew." in said)
    _until(lambda: monitor.status()[0]["phase"] == "shadow" and monitor.status()[0]["shadow_days"] > 0)


def test_settings_with_a_mistake_change_nothing(running: Running, settings: Settings, tmp_path: Path) -> None:
    hum = settings({"kind": "stdin", "rate": 16_000})
    (tmp_path / "broken.offkey").write_bytes(b"no model")
    monitor, said = running(hum)
    feed = next(iter(monitor._machines)).feed
    plant = tmp_path / "plant.toml"
    plant.write_text('[[machine]]\nname = "hum"\nmodel = 3\n')
    monitor.reload(lambda: read_settings(plant))
    wrong = f"The settings stay as they were: {plant}, line 3, machine.1.model: Input should be a valid string."
    _until(lambda: any(line.startswith(wrong) for line in said))
    broken = settings({"kind": "folder", "path": "in"}, name="broken", model=str(tmp_path / "broken.offkey"))
    monitor.reload(lambda: PlantSettings(machine=[broken]))
    _until(lambda: any("as they were" in line and "broken.offkey" in line for line in said))
    assert [one.feed for one in monitor._machines] == [feed]
    assert not feed.has_ended


def test_a_machine_with_another_source_is_listened_to_there(
    running: Running, settings: Settings, store: Store, tmp_path: Path
) -> None:
    hum = settings({"kind": "stdin", "rate": 16_000})
    monitor, said = running(hum)
    _until(lambda: monitor.status()[0]["score"] is not None)
    tap = monitor.listen("hum")
    monitor.reload(lambda: PlantSettings(machine=[settings({"kind": "folder", "path": "in"})]))
    _until(lambda: "The settings were read again: hum: another source; it is connected anew." in said)
    _until(lambda: monitor.status()[0]["source"] == "waiting")
    assert [one.taps for one in monitor._machines] == [(tap,)]
    assert sum(row["windows"] for row in store.minutes("hum", limit=10_000)) > 0


def test_a_folder_that_is_described_anew_gives_no_recording_twice(
    running: Running, settings: Settings, store: Store, tmp_path: Path, hum: Hum
) -> None:
    def described(expected_every_s: float) -> MachineSettings:
        return settings({"kind": "folder", "path": "in", "settled_s": 0.0, "expected_every_s": expected_every_s})

    def windows() -> int:
        return sum(row["windows"] for row in store.minutes("hum"))

    (tmp_path / "in").mkdir()
    for number in range(3):
        soundfile.write(tmp_path / "in" / f"{number}.wav", hum(number, seconds=2), 16_000)
    monitor, said = running(described(60.0))
    _until(lambda: monitor.status()[0]["score"] is not None)
    monitor.reload(lambda: PlantSettings(machine=[described(70.0)]))
    _until(lambda: "The settings were read again: hum: other settings of its source; it is connected anew." in said)
    soundfile.write(tmp_path / "in" / "later.wav", hum(9, seconds=2), 16_000)
    _until(lambda: len(store.taken("hum")) == 4)
    monitor.reload(lambda: PlantSettings(machine=[described(80.0)]))
    _until(
        lambda: (
            said.count("The settings were read again: hum: other settings of its source; it is connected anew.") == 2
        )
    )
    assert windows() == 8
    assert [line for line in said if "tried again" in line] == []
