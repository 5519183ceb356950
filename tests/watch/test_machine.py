"""The life of a machine: shadow, armed, and the same after a restart."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
from tests.conftest import Hum

from offkey.watch.acquisition.source import Begin, End
from offkey.watch.machine import WatchedMachine
from offkey.watch.machine_model import load_model
from offkey.watch.rows import Recording
from offkey.watch.settings import MachineSettings
from offkey.watch.state.shadow_rows import ShadowRows

AT = 1_800_000_000.0 + 30
SOURCE = {"kind": "stdin", "rate": 16_000}

Make: TypeAlias = Callable[..., WatchedMachine]


@pytest.fixture
def make(settings: Callable[..., MachineSettings]) -> Make:
    def machine(surprises: bytes = b"", **fields: Any) -> WatchedMachine:
        described = settings(SOURCE, **fields)
        return WatchedMachine(described, *load_model(described, Path()), ShadowRows([(surprises, None)]))

    return machine


def test_a_machine_is_in_its_shadow_until_it_is_long_enough(make: Make, surprises: bytes, hum: Hum) -> None:
    machine = make(surprises[: 4 * 1245])
    assert machine.phase == "shadow"
    assert machine.stage() == "in the shadow, 21 minutes of 21 minutes; events are not told yet"
    machine.feed(Begin(16_000, AT))
    findings = machine.feed(np.tile(hum(), 12)[:, None])
    assert machine.phase == "armed"
    assert machine.stage().startswith("armed; expected 600 a week (130 to 1900), from 21 minutes")
    assert findings.changes == []
    shadow = b"".join(minute.surprises or b"" for minute in findings.minutes)
    again = make(surprises[: 4 * 1245] + shadow)
    assert (again.phase, again.sensitivity) == ("armed", machine.sensitivity)
    assert [minute.surprises for minute in machine.stop(AT).minutes] == [None]


def test_a_shadow_that_can_promise_nothing_goes_on(make: Make, surprises: bytes) -> None:
    slow = np.repeat(np.frombuffer(surprises, "<f4")[:13], 100)  # all depends on what was before
    machine = make(slow.astype("<f4").tobytes())
    assert machine.phase == "shadow"


def test_silence_does_not_count_as_time_in_the_shadow(make: Make, surprises: bytes) -> None:
    silence = np.full(1300, np.nan, "<f4").tobytes()
    waiting = make(silence + surprises[: 4 * 600])
    assert waiting.phase == "shadow"
    assert waiting.shadow_days == pytest.approx(600 / 86_400)
    armed = make(silence + surprises)
    assert armed.phase == "armed"
    assert armed.shadow_days == pytest.approx(len(surprises) / 4 / 86_400)


def test_minutes_hold_all_windows_once(make: Make, hum: Hum) -> None:
    machine = make()
    minutes = machine.feed(Begin(16_000, AT)).minutes
    for number in range(90):
        minutes += machine.feed(hum(number)[:, None]).minutes
    minutes += machine.feed(np.zeros((16_000, 1), np.float32)).minutes
    minutes += machine.stop(AT).minutes
    assert [minute.minute - int(AT - 30) for minute in minutes] == [0, 60, 120]
    assert [minute.windows for minute in minutes] == [29, 60, 2]
    assert [minute.failed for minute in minutes] == [0, 0, 1]
    assert all(minute.lowest <= minute.mean <= minute.highest for minute in minutes)
    assert all(len(minute.surprises or b"") == 4 * minute.windows for minute in minutes)
    silent = np.frombuffer(minutes[-1].surprises or b"", "<f4")
    assert np.isnan(silent).tolist() == [False, True]


def test_a_minute_of_silence_has_no_scores(make: Make) -> None:
    machine = make()
    machine.feed(Begin(16_000, AT))
    machine.feed(np.zeros((32_000, 1), np.float32))
    assert "digital silence" in machine.problem
    (minute,) = machine.stop(AT).minutes
    assert (minute.windows, minute.failed, math.isnan(minute.mean)) == (2, 2, True)


def test_recordings_are_kept_with_what_is_wrong_with_them(make: Make, hum: Hum) -> None:
    machine = make()
    machine.feed(Begin(16_000, AT, 1.0))
    machine.feed(hum()[:, None])
    found = machine.feed(End("over", is_whole=True, recording="a.wav 1 2")).recordings
    assert found == [Recording("hum", "a.wav 1 2", None)]
    machine.feed(Begin(8_000, AT, 1.0))
    found = machine.feed(End("over", is_whole=True, recording="b.wav 1 2")).recordings
    assert "is sampled at 8000 Hz" in str(found[0].error)
    found = machine.feed(End("c.wav is damaged", recording="c.wav 1 2")).recordings
    assert found[0].error == "c.wav is damaged"


def test_the_hop_is_part_of_what_a_shadow_is_known_by(settings: Callable[..., MachineSettings]) -> None:
    ids = {load_model(settings(SOURCE, **fields), Path())[1] for fields in ({}, {"hop_s": 0.5}, {"hop_s": 2})}
    assert len(ids) == 3


def test_the_noise_of_the_hall_is_held_while_an_event_goes_on(
    make: Make, surprises: bytes, hum: Hum, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = make(surprises)
    held: list[float | None] = []
    monkeypatch.setattr(machine._scores, "hold_noise", held.append)
    machine.feed(Begin(16_000, AT))
    for second in range(200):
        machine.feed(hum(second, tone_hz=3000 if 20 <= second < 50 else None)[:, None])
    began = sorted({since for since in held if since is not None})
    assert len(began) == 1
    assert AT + 15 < began[0] < AT + 25
    assert held[0] is None
    assert held[-1] is None
