"""Windows to events: each begins once, may grow, and ends once."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.decision.events import Shadow
from offkey.watch.features import ScoredWindow
from offkey.watch.health.events import Change, MachineEvents

AT = 1_800_000_000.0


@pytest.fixture
def events(surprises: bytes) -> MachineEvents:
    shadow = Shadow(np.frombuffer(surprises, "<f4"), hop_s=1.0)
    return MachineEvents("pump", "m", shadow.sensitivity(0).rule, shadow.blocks)


def _feed(events: MachineEvents, values, first: int = 0) -> list[Change]:
    changes = []
    for number, value in enumerate(values, first):
        window = ScoredWindow(AT + number, AT + number + 1, value, 0.5, value)
        changes += events.feed(window)
    return changes


def _normal(seconds: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).exponential(2.0, seconds).clip(0, 12)


def test_a_burst_is_one_event_that_begins_grows_and_ends(events: MachineEvents) -> None:
    assert _feed(events, _normal(300, 1)) == []
    changes = _feed(events, np.linspace(20, 30, 200), 300)
    changes = [change for change in changes if change.path == "fast"]
    assert [change.kind for change in changes] == ["new", "update", "update", "update"]
    assert changes[0].began == pytest.approx(AT + 301, abs=2)
    assert [one.peak for one in changes] == sorted(one.peak for one in changes)
    later = [change for change in _feed(events, _normal(300, 2) * 0.5, 500) if change.path == "fast"]
    *updates, end = later
    assert len(updates) <= 1  # the last minute of its growth
    assert (end.kind, end.event, end.began) == ("end", changes[0].event, changes[0].began)
    assert {change.event for change in changes} == {end.event}
    assert AT + 500 < float(end.ended or 0) < AT + 560 < end.at


def test_a_lasting_change_too_small_for_the_fast_path_is_found_by_the_slow_one(events: MachineEvents) -> None:
    changes = [change for change in _feed(events, np.full(3600, 2.6)) if change.path == "slow"]
    (new,) = changes
    assert (new.kind, new.peak) == ("new", pytest.approx(2.6))
    assert new.began < new.at < AT + 3600
    back = [change for change in _feed(events, np.full(600, 1.5), 3600) if change.path == "slow"]
    assert [(change.kind, change.event) for change in back] == [("end", new.event)]


def test_windows_without_a_score_raise_nothing(events: MachineEvents) -> None:
    assert _feed(events, np.full(1000, np.nan)) == []


def test_stopping_ends_what_goes_on(events: MachineEvents) -> None:
    (new,) = _feed(events, np.full(30, 30.0))
    (end,) = events.stop(AT + 40)
    assert (end.kind, end.event, end.ended) == ("end", new.event, AT + 40)
    assert events.stop(AT + 41) == []
    assert events.open == []
