"""Windows to events: each begins once, may grow, and ends once."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.decision.events import Shadow
from offkey.watch.health.events import Change, MachineEvents
from offkey.watch.scored_window import ScoredWindow

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
    assert [change.kind for change in changes[:1]] == ["new"]
    assert {change.kind for change in changes[1:]} == {"update"}
    assert changes[0].began == pytest.approx(AT + 301, abs=2)
    assert [one.peak for one in changes] == sorted(one.peak for one in changes)
    later = [change for change in _feed(events, _normal(300, 2) * 0.5, 500) if change.path == "fast"]
    *updates, end = later
    assert len(updates) <= 1  # the last minute of its growth
    assert (end.kind, end.event, end.began) == ("end", changes[0].event, changes[0].began)
    assert {change.event for change in changes} == {end.event}
    assert AT + 500 < float(end.ended or 0) < AT + 560 < end.at


def test_a_lasting_change_too_small_for_the_fast_path_is_found_by_the_slow_one(events: MachineEvents) -> None:
    new, *updates = (change for change in _feed(events, np.full(3600, 2.6)) if change.path == "slow")
    assert {update.kind for update in updates} == {"update"}
    assert (new.kind, new.level, new.peak) == ("new", "watch", pytest.approx(2.6))
    assert new.began < new.at < AT + 3600
    back = [change for change in _feed(events, np.full(600, 1.5), 3600) if change.path == "slow"]
    assert [(change.kind, change.event) for change in back] == [("end", new.event)]


def _left(path: str) -> Change:
    return Change("e", "pump", "update", path, AT - 30, AT - 90, None, 20.0, "m")  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["fast", "slow"])
def test_an_event_that_was_left_open_goes_on_as_the_same_where_its_sound_is_still_unusual(
    events: MachineEvents, path: str
) -> None:
    events.resume(_left(path))
    changes = [*_feed(events, np.full(200, 25.0)), *_feed(events, _normal(600, 3) * 0.4, 200)]
    assert {change.event for change in changes} == {"e"}
    assert {change.began for change in changes} == {AT - 90}
    assert [change.kind for change in changes].count("end") == 1
    assert float(changes[-1].ended or 0) >= AT + 190


@pytest.mark.parametrize("path", ["fast", "slow"])
def test_an_event_that_was_left_open_ends_where_its_sound_is_usual_by_now(events: MachineEvents, path: str) -> None:
    events.resume(_left(path))
    (end,) = _feed(events, _normal(400, 4) * 0.4)
    assert (end.kind, end.event, end.ended, end.level) == ("end", "e", AT - 30, "warning")
    assert events.event is None


def test_windows_without_a_score_raise_nothing(events: MachineEvents) -> None:
    assert _feed(events, np.full(1000, np.nan)) == []


def test_stopping_ends_what_goes_on(events: MachineEvents) -> None:
    new, *_ = _feed(events, np.full(30, 30.0))
    (end,) = events.stop(AT + 40)
    assert (end.kind, end.event, end.ended) == ("end", new.event, AT + 40)
    assert events.stop(AT + 41) == []
    assert (events.event, events.level) == (None, "normal")


def test_a_fault_that_both_paths_find_is_one_event_that_escalates_at_once(events: MachineEvents) -> None:
    level = events._rule.open_at + 0.5
    changes = _feed(events, [*_normal(300, 3), *np.full(600, level)])
    assert {change.event for change in changes} == {changes[0].event}
    assert [(one.kind, one.path, one.level) for one in changes if one.kind == "new"] == [("new", "fast", "warning")]
    escalated = next(one for one in changes if one.level == "alarm")
    assert escalated.kind == "update"
    assert (escalated.at - AT) % events._rule.block == 0  # with the block that alarms
    after = _feed(events, _normal(600, 4) * 0.5, 900)
    assert [change.kind for change in after if change.kind != "update"] == ["end"]
    assert after[-1].level == "alarm"


def test_a_lasting_change_becomes_a_warning_as_its_evidence_grows(events: MachineEvents) -> None:
    """Evidence that goes on for long enough weighs as much as a sudden change."""
    changes = _feed(events, np.full(7200, 2.45))
    assert [(one.kind, one.level) for one in changes][:2] == [("new", "watch"), ("update", "warning")]
    assert changes[1].at - changes[0].at > 60


def test_the_second_half_of_a_block_opens_no_second_event(events: MachineEvents) -> None:
    """A burst ends in the middle of a block whose mean alarms later: both are of one event."""
    rule = events._rule
    half = rule.block // 2
    fed = [*_normal(rule.block * 5, 5), *np.full(2 * rule.block + half, 29.0), *np.zeros(4 * rule.block)]
    changes = _feed(events, fed)
    assert len({change.event for change in changes}) == 1
    assert [change.kind for change in changes if change.kind != "update"] == ["new", "end"]
