"""One event where the surroundings of machines change, and a note where they shift slowly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from offkey.watch.health.areas import Areas
from offkey.watch.health.events import Change

HALL = {"a": "hall 2", "b": "hall 2", "c": "hall 2", "d": "hall 2"}
ALL = {**dict.fromkeys("abcd", True), "z": True}


def new(machine: str, at: float, level: Any = "warning") -> Change:
    return Change(f"event {machine}", machine, "new", "fast", at, at - 5, None, 9.0, "m", level)


def end(change: Change, at: float) -> Change:
    return replace(change, kind="end", at=at, ended=at - 60)


@pytest.fixture
def areas() -> Areas:
    return Areas(HALL)


def test_half_of_an_area_within_ten_minutes_is_one_event_to_which_theirs_belong(areas: Areas) -> None:
    a, b, c = new("a", 1000.0), new("b", 1300.0, "alarm"), new("c", 1310.0)
    assert areas.feed([a], ALL) == [a]
    common, earlier, own = areas.feed([b], ALL)
    assert (common.scope, common.machine, common.area, common.kind) == ("common", "hall 2", "hall 2", "new")
    assert (common.began, common.level, common.at) == (995.0, "alarm", 1300.0)
    assert earlier == replace(a, kind="update", at=1300.0, area="hall 2")
    assert own == replace(b, area="hall 2")
    assert areas.feed([c], ALL) == [replace(c, area="hall 2")]
    for change, at in ((a, 2000.0), (c, 2100.0)):
        assert areas.feed([end(change, at)], ALL) == [replace(end(change, at), area="hall 2")]
    over, last = areas.feed([end(b, 2200.0)], ALL)
    assert (over.event, over.kind, over.ended) == (common.event, "end", 2140.0)
    assert last.area == "hall 2"


def test_machines_one_after_the_other_are_no_common_event(areas: Areas) -> None:
    for number, machine in enumerate("abcd"):
        change = new(machine, 1000.0 + 601 * number)
        assert areas.feed([change], ALL) == [change]
        assert areas.feed([end(change, change.at + 10)], ALL) == [end(change, change.at + 10)]


def test_machines_that_are_not_judged_do_not_count(areas: Areas) -> None:
    judged = {"a": True, "b": True, "c": True, "d": False}
    changes = [change for one in (new("a", 0.0), new("b", 1.0)) for change in areas.feed([one], judged)]
    assert [change.scope for change in changes].count("common") == 1  # two of three
    five = Areas({**HALL, "e": "hall 2"})
    changes = [change for one in (new("a", 0.0), new("b", 1.0)) for change in five.feed([one], {**ALL, "e": True})]
    assert [change.scope for change in changes].count("common") == 0


def test_a_common_event_escalates_with_its_parts(areas: Areas) -> None:
    a, b = new("a", 0.0, "watch"), new("b", 1.0, "watch")
    areas.feed([a, b], ALL)
    worse = replace(a, kind="update", at=90.0, level="alarm")
    common, own = areas.feed([worse], ALL)
    assert (common.kind, common.level, common.scope) == ("update", "alarm", "common")
    assert own == replace(worse, area="hall 2")
    assert areas.feed([replace(b, kind="update", at=95.0, peak=9.5)], ALL)[0].scope == "machine"


def test_machines_of_no_area_stay_alone(areas: Areas) -> None:
    assert areas.feed([new("z", 0.0), new("z", 1.0)], ALL) == [new("z", 0.0), new("z", 1.0)]


def test_a_second_common_event_is_another_one(areas: Areas) -> None:
    first = areas.feed([new("a", 0.0), new("b", 1.0)], ALL)
    areas.feed([end(new("a", 0.0), 50.0), end(new("b", 1.0), 60.0)], ALL)
    c, d = new("c", 5000.0), new("d", 5001.0)
    second = areas.feed([c, d], ALL)
    assert [one.scope for one in second] == ["machine", "common", "machine", "machine"]
    assert second[1].event != first[1].event


def test_a_slow_shift_of_the_surroundings_is_noted_once_and_one_machine_is_none(areas: Areas) -> None:
    assert areas.slow_shifts({"a": 1.5, "b": 0.1, "c": 0.0, "d": -0.2}) == []
    shifted = {"a": 1.5, "b": 1.2, "c": 0.0, "d": 3.5, "z": 2.0}
    ((area, sentence),) = areas.slow_shifts(shifted)
    assert area == "hall 2"
    assert "3 of 4 machines (a, b, d)" in sentence
    assert sentence.endswith("then learn again. Beside that, d changed by itself.")
    assert areas.slow_shifts(shifted) == []
    assert areas.slow_shifts(dict.fromkeys("abcd", 0.0)) == []
    assert len(areas.slow_shifts(shifted)) == 1


def test_an_area_that_nobody_looks_at_any_more_has_no_event_left_open(areas: Areas) -> None:
    common = next(one for one in areas.feed([new("a", 0.0), new("b", 1.0)], ALL) if one.scope == "common")
    assert areas.stop(70.0) == [replace(common, kind="end", at=70.0, ended=70.0)]
    assert areas.stop(71.0) == []
