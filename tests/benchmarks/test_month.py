from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest
from benchmarks.month import Recorder, held, month
from benchmarks.watched_plant import RATE, pump_sound

from offkey.watch.acquisition.source import Begin, End
from offkey.watch.clock import FastClock

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="what a process holds is read from /proc"
)


def test_a_recorder_gives_clips_with_a_fault_in_the_first_hour_of_a_day() -> None:
    normal, faulty = pump_sound(10), pump_sound(20)[10 * RATE :]
    stopping, clock = Event(), FastClock(1e6, at=1_800_057_600.0 + 23.9 * 3600)
    items = Recorder(normal, faulty).listen(stopping, clock)
    begin, sound, end = next(items), next(items), next(items)
    assert isinstance(begin, Begin)
    assert isinstance(end, End)
    assert end.is_whole
    expected = faulty if begin.at % 86_400 < 3600 else normal
    assert (sound[:, 0] == expected).all()


def test_what_is_held_hardly_grows_in_two_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.month.TRAIN_S", 60)
    before = held().children  # workers of other tests among them
    first, last, windows, _ = month(days=2, seconds=6)
    assert windows > 100
    assert last.zombies == 0
    assert last.memory < 1.2 * first.memory
    assert last.descriptors < 1.5 * first.descriptors
    assert held().children <= before
