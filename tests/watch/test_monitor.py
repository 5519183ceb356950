"""The monitor: sound in, events kept, an orderly end, and no silence about what is wrong."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
import soundfile
from tests.conftest import Hum

from offkey.errors import OffkeyError
from offkey.watch.acquisition.pcm import StandardInput
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.advisory.settings import CommandSettings
from offkey.watch.clock import REAL, Clock, MovedClock
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.machine_model import load_model
from offkey.watch.minutes import Minute
from offkey.watch.monitor import Monitor
from offkey.watch.settings import PlantSettings
from offkey.watch.store.keep import KeepSettings
from offkey.watch.store.store import Store
from offkey.watch.watched import Watched


@pytest.fixture
def listen(settings, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Monitor]:
    """Return a function: sound of one second each to a monitor that reads it from standard input."""

    def make(
        sound: list[np.ndarray] | None,
        said: list[str],
        clock: Clock = REAL,
        notify: tuple = (),
        keep: KeepSettings | None = None,
        **source,
    ) -> Monitor:
        if sound is not None:
            pcm = tmp_path / "sound.raw"
            pcm.write_bytes((np.concatenate(sound) * 32_767).astype("<i2").tobytes())
            monkeypatch.setattr(
                "offkey.watch.acquisition.make.StandardInput",
                lambda rate, channels: StandardInput(rate, channels, descriptor=os.open(pcm, os.O_RDONLY)),
            )
        machine = settings({"kind": "stdin", "rate": 16_000, **source})
        plant = PlantSettings(machine=[machine], notify=list(notify), keep=keep or KeepSettings())
        return Monitor(plant, tmp_path, store, said.append, clock)

    return make


def test_a_fault_is_one_event_that_is_said_and_kept(
    listen, settings, store: Store, fill_shadow, hum: Hum, said: list[str]
) -> None:
    fill_shadow(store, settings({"kind": "stdin", "rate": 16_000}))
    sound = [hum(1000 + k) for k in range(30)] + [hum(2000 + k, tone_hz=3000) for k in range(40)]
    sound += [hum(3000 + k) for k in range(110)]
    monitor = listen(sound, said)
    monitor.run(Event())
    (event,) = store.events()
    assert (event["machine"], event["kind"], event["path"]) == ("hum", "end", "fast")
    assert sum(row["windows"] for row in store.minutes("hum")) - 1260 == 180
    newest = max(row["minute"] for row in store.minutes("hum"))
    assert event["began"] < event["ended"] < newest + 60
    assert event["ended"] - event["began"] == pytest.approx(78, abs=15)
    assert said[0].startswith("hum: armed; expected")
    assert [line.partition("since")[0] for line in said[1:] if "source" not in line and "kHz" not in line] == [
        "hum: warning, a break or a burst ",
        "hum: the event is over ",
    ]


def test_an_event_is_written_with_its_messages(
    listen, settings, store: Store, fill_shadow, hum: Hum, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_shadow(store, settings({"kind": "stdin", "rate": 16_000}))
    written: list[Findings] = []
    real = store.write
    monkeypatch.setattr(store, "write", lambda findings: (written.append(findings), real(findings))[1])
    sound = [hum(1000 + k) for k in range(30)] + [hum(2000 + k, tone_hz=3000) for k in range(40)]
    channel = CommandSettings(kind="command", command=["true"], name="horn")
    listen([*sound, *(hum(3000 + k) for k in range(110))], said, notify=(channel,)).run(Event())
    (event,) = store.events()
    messages = store.outbox.messages()
    assert {(row["status"], row["event"]) for row in messages} == {("pending", event["event"])}
    assert (messages[-1]["kind"], messages[0]["kind"]) == ("new", "end")
    for findings in written:
        changed = {change.kind for change in findings.changes}
        told = {message.kind for message in findings.messages}
        assert changed - {"update"} <= told <= changed


@pytest.mark.parametrize("flaw", ["silent", "clipped", "offset", "level moved"])
def test_clipping_silence_offset_and_jumps_of_level_are_states_of_the_source_and_no_anomalies_of_the_machine(
    flaw: str, listen, settings, store: Store, fill_shadow, hum: Hum, said: list[str]
) -> None:
    fill_shadow(store, settings({"kind": "stdin", "rate": 16_000}))
    flaws = {
        "silent": lambda sound: 0 * sound,
        "clipped": lambda sound: np.clip(30 * sound, -1, 32_766 / 32_767),
        "offset": lambda sound: sound + np.float32(0.3),
        "level moved": lambda sound: 3 * sound,
    }
    sound = [hum(1000 + k) for k in range(30)] + [flaws[flaw](hum(2000 + k)) for k in range(30)]
    monitor = listen([*sound, *(hum(3000 + k) for k in range(30))], said)
    monitor.run(Event())
    assert store.events() == []
    failed = sum(row["failed"] for row in store.minutes("hum"))
    assert 20 <= failed <= 42


def test_an_event_has_its_sound_and_an_explanation(
    listen, settings, store: Store, fill_shadow, hum: Hum, said: list[str], tmp_path: Path
) -> None:
    fill_shadow(store, settings({"kind": "stdin", "rate": 16_000}))
    sound = [hum(1000 + k) for k in range(40)] + [hum(2000 + k, tone_hz=3000) for k in range(5)]
    sound += [hum(3000 + k) for k in range(150)]
    listen(sound, said).run(Event())
    (event,) = store.events()
    (clip,), explanation = store.clips(event["event"]), store.explanation(event["event"])
    assert event["kind"] == "end"
    whole = np.trunc(np.concatenate(sound) * 32_767).astype(np.int16)
    kept, rate = soundfile.read(tmp_path / clip["path"], dtype="int16")
    first = whole.tobytes().find(kept.tobytes())
    assert (rate, first % 2) == (16_000, 0)
    assert first / 2 / rate == pytest.approx(40 - 10, abs=2)
    assert clip["began"] == pytest.approx(event["began"] - 10, abs=1e-4)
    assert clip["ended"] == pytest.approx(min(event["ended"] + 10, clip["began"] + 60), abs=1e-4)
    assert clip["sha256"] == hashlib.sha256((tmp_path / clip["path"]).read_bytes()).hexdigest()
    assert explanation is not None
    region = explanation["details"]["regions"][0]
    assert region["low_hz"] < 3000 < region["high_hz"]
    assert any(line.startswith("hum: louder than normal around") and clip["path"] in line for line in said)
    kinds = [row["kind"] for row in store.changes(event["event"])]
    assert (kinds[0], kinds[-1], set(kinds[1:-1])) == ("new", "end", {"update"})


def test_an_event_goes_on_without_a_clip_where_the_disk_is_full(
    listen, settings, store: Store, fill_shadow, hum: Hum, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, _content: bytes) -> None:
        raise OffkeyError(f"{path.name} cannot be written: No space left on device.")

    monkeypatch.setattr("offkey.watch.evidence.clips.write_bytes", refuse)
    fill_shadow(store, settings({"kind": "stdin", "rate": 16_000}))
    listen([hum(2000 + k, tone_hz=3000) for k in range(40)], said).run(Event())
    (event,) = store.events()
    (clip,) = store.clips(event["event"])
    assert event["kind"] == "end"
    assert (clip["bytes"], "No space left on device" in clip["reason"]) == (0, True)
    assert any("hum: the clip of its event is not kept" in line for line in said)
    assert store.explanation(event["event"])["details"]["regions"]


@pytest.fixture
def said() -> list[str]:
    return []


def test_status_says_how_a_machine_is_doing(listen, hum: Hum, said: list[str]) -> None:
    monitor = listen([hum(k) for k in range(3)], said)
    (before,) = monitor.status()
    assert (before["source"], before["fresh"], before["score"], monitor.is_scoring()) == ("waiting", False, None, False)
    monitor.run(Event())
    (after,) = monitor.status()
    assert (after["source"], after["fresh"], after["phase"], after["event"]) == ("ended", True, "shadow", False)
    assert after["score"] is not None
    assert 0 < after["p_value"] <= 1
    assert after["shadow_days"] == pytest.approx(3 / 86_400)
    assert said[0] == "hum: in the shadow, 0 minutes of 21 minutes; events are not told yet"
    assert said[-1] == "hum: source ended"


def test_what_a_database_refuses_is_kept_until_it_takes_it(
    listen, store: Store, hum: Hum, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = store.write, []

    def refuse_at_first(findings: Findings) -> None:
        tries.append(findings)
        if len(tries) == 1:
            raise OffkeyError("The disk is full.")
        real(findings)

    monkeypatch.setattr(store, "write", refuse_at_first)
    listen([hum(k) for k in range(130)], said).run(Event())
    assert sum(row["windows"] for row in store.minutes("hum")) == 130
    assert said[2] == "nothing is lost yet, and it is tried again: The disk is full."


def test_what_a_database_refuses_in_the_end_is_said_to_be_lost(
    listen, store: Store, hum: Hum, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_findings: Findings) -> None:
        raise OffkeyError("The disk is full.")

    monkeypatch.setattr(store, "write", refuse)
    listen([hum(1)], said).run(Event())
    assert said[-1] == "what was not kept yet is lost: The disk is full."


def test_an_event_that_a_dead_monitor_left_open_goes_on(
    listen, settings, store: Store, fill_shadow, hum: Hum, said: list[str]
) -> None:
    machine = settings({"kind": "stdin", "rate": 16_000})
    fill_shadow(store, machine)
    left = Change("e", "hum", "update", "fast", 20.0, 10.0, None, 3.0, load_model(machine, Path())[1])
    store.write(Findings([left]))
    listen([hum(k, tone_hz=3000) for k in range(30)] + [hum(1000 + k) for k in range(150)], said).run(Event())
    (event,) = store.events()
    assert (event["kind"], event["event"], event["began"]) == ("end", "e", 10.0)
    assert event["ended"] > 1e9


def test_events_that_no_machine_can_go_on_with_are_ended_at_the_start(listen, store: Store, said: list[str]) -> None:
    left = Change("e", "hum", "update", "fast", 20.0, 10.0, None, 3.0, "another model")
    store.write(Findings([left]))
    listen(None, said)
    (event,) = store.events()
    assert (event["kind"], event["ended"], event["event"]) == ("end", 20.0, "e")


def test_an_orderly_stop_ends_children_and_keeps_what_was_scored(
    settings, store: Store, tmp_path: Path, said: list[str]
) -> None:
    machine = settings({"kind": "simulated", "machine": "fan"})
    monitor, stopping = Monitor(PlantSettings(machine=[machine]), tmp_path, store, said.append), Event()
    thread = Thread(target=monitor.run, args=(stopping,))
    thread.start()
    until = time.monotonic() + 20
    while monitor.status()[0]["window_end"] is None and time.monotonic() < until:
        time.sleep(0.02)
    assert (monitor.is_scoring(), monitor.status()[0]["source"], monitor.status()[0]["fresh"]) == (
        True,
        "healthy",
        True,
    )
    stopping.set()
    thread.join(10)
    assert not thread.is_alive()
    assert sum(row["windows"] for row in store.minutes("hum")) >= 1


def test_health_cannot_lie_about_a_thread_that_is_stuck(listen, hum: Hum, said: list[str]) -> None:
    clock = MovedClock()
    monitor = listen([hum()], said, clock)
    monitor.run(Event())
    assert monitor.is_scoring()
    clock.move(31)
    assert not monitor.is_scoring()
    assert not monitor.status()[0]["fresh"] or next(iter(monitor._machines)).slack_s > 31


def test_each_state_of_a_source_is_told_and_kept_once(settings, store: Store, tmp_path: Path, said: list[str]) -> None:
    machine = settings({"kind": "folder", "path": "later"})
    monitor = Monitor(PlantSettings(machine=[machine]), tmp_path, store, said.append)
    feed = next(iter(monitor._machines)).feed
    states = iter(
        [
            ("waiting", ""),
            *[("waiting", f"The folder is not there ({k}).") for k in range(3)],
            *[("healthy", "")] * 3,
            *[("flapping", f"It broke off at {k}.") for k in range(3)],
            *[("healthy", "")] * 2,
        ]
    )
    feed.state = lambda: next(states)  # type: ignore[assignment, method-assign]
    for _ in range(11):
        monitor._round(Event())
    feed._append(Correction("clock moved", 5.0, "The clock was set."))
    monitor._round(Event())
    kept = [(row["state"], row["reason"]) for row in store.source_states()]
    assert kept[::-1] == [
        ("waiting", "The folder is not there (0)."),
        ("healthy", ""),
        ("flapping", "It broke off at 0."),
        ("healthy", ""),
        ("clock moved", "The clock was set."),
    ]
    assert [row["seq"] for row in store.source_states(after=2, limit=1)] == [5]
    assert said == [
        "hum: source waiting: The folder is not there (0).",
        "hum: source healthy",
        "hum: source flapping: It broke off at 0.",
        "hum: source healthy",
        "hum: source clock moved: The clock was set.",
    ]


def test_what_is_old_is_thinned_out_while_the_monitor_listens(
    listen, store: Store, hum: Hum, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offkey.watch.store.series._TOGETHER", 1)
    now = int(time.time())
    rows = [Minute("fan", "m", now - 50 * 86_400 - 60 * k, 1, 0, 0.1, 0.2, 0.3, None) for k in range(100)]
    store.write(Findings(minutes=rows))
    listen([hum(k) for k in range(10)], said).run(Event())
    kept = store.minutes("fan")
    assert sum(row["windows"] for row in kept) == 100
    assert len(kept) <= 12


def test_a_disk_on_which_little_is_free_is_a_message(listen, store: Store, hum: Hum, said: list[str]) -> None:
    channel = CommandSettings(kind="command", command=["true"], name="horn")
    keep = KeepSettings(free_mb=[3e12, 2e12, 1e12])  # in MB, more than any disk has
    listen([hum(k) for k in range(10)], said, notify=(channel,), keep=keep).run(Event())
    (message,) = store.outbox.messages()
    assert (message["kind"], message["payload"]["scope"]) == ("new", "plant")
    assert message["payload"]["text"].endswith("no clip is written any more; events are.")


def test_minutes_are_kept_together_and_at_once_with_an_event(listen, store: Store, said: list[str]) -> None:
    clock = MovedClock()
    monitor = listen(None, said, clock)
    row = Minute("hum", "m", 0, 60, 0, 0.1, 0.2, 0.3, None)
    for minute in range(2):
        monitor._recorder.pending.add(Findings(minutes=[replace(row, minute=60 * minute)]))
        monitor._recorder.pending.write()
        clock.move(60)
    assert store.minutes("hum") == []
    monitor._recorder.pending.write()
    assert len(store.minutes("hum")) == 2
    monitor._recorder.pending.add(Findings([Change("e", "hum", "new", "fast", 2.0, 1.0, None, 3.0, "m")], [row]))
    monitor._recorder.pending.write()
    assert (len(store.minutes("hum")), len(store.events())) == (3, 1)


def test_machines_of_an_area_that_change_together_are_one_event_of_their_surroundings(
    settings, store: Store, tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = {"kind": "folder", "path": "later"}
    machines = [settings(source, name=name, area="hall 2") for name in ("fan", "pump")]
    monitor = Monitor(PlantSettings(machine=machines), tmp_path, store, said.append)
    monkeypatch.setattr(Watched, "is_judged", True)
    fan = Change("e", "fan", "new", "fast", 20.0, 10.0, None, 3.0, "m")
    for change in (fan, replace(fan, event="f", machine="pump", at=60.0)):
        monitor._recorder.keep(Findings([change]))
    monitor._recorder.pending.write(is_last=True)
    rows = {(row["machine"], row["scope"], row["area"]) for row in store.events()}
    assert rows == {("hall 2", "common", "hall 2"), ("fan", "machine", "hall 2"), ("pump", "machine", "hall 2")}
    assert said[1].startswith("hall 2: warning, the surroundings changed since")


def test_a_slow_shift_of_the_surroundings_is_a_note(
    settings, store: Store, tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = {"kind": "folder", "path": "later"}
    machines = [settings(source, name=name, area="hall 2") for name in ("fan", "pump", "press")]
    monitor = Monitor(PlantSettings(machine=machines), tmp_path, store, said.append)
    monkeypatch.setattr(Watched, "shift", 1.5)
    monitor._machines._look_at_surroundings()
    monitor._machines._look_at_surroundings()
    assert len(said) == 1
    assert said[0].startswith("hall 2: note: The surroundings have changed slowly: 3 of 3 machines")
