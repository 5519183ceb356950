"""Which sound belongs to an event: from before to after, no longer than asked for, and no later than needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from offkey.model import Model, load
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.source import Begin, End
from offkey.watch.evidence.gathering import Case, Gathering
from offkey.watch.evidence.settings import ClipSettings
from offkey.watch.health.events import Change
from offkey.watch.scored_window import ScoredWindow

RATE = 1000
AT = 1_800_000_000.0


class Machine:
    """A machine that gives a window each second, each sample of which says at which second it was taken."""

    def __init__(self, model: Model, **settings: float) -> None:
        self.model, self.cases = model, list[Case]()
        self.gathering = Gathering(ClipSettings(**settings), self.cases.append)
        self.gathering.feed(Begin(RATE, AT))
        self.now, self.moved = 0, 0.0

    def second(self, *changes: Change, score: float = 0.0) -> list[Case]:
        self.gathering.feed(np.full((RATE, 1), self.now / 32_768, np.float32))
        self.now += 1
        end = AT + self.now + self.moved
        self.gathering.take([ScoredWindow(end - 1, end, score)], self.model)
        self.gathering.follow(changes)
        return self.given()

    def run(self, seconds: int) -> list[Case]:
        return [case for _ in range(seconds) for case in self.second()]

    def given(self) -> list[Case]:
        found = list(self.cases)
        self.cases.clear()
        return found


def _change(kind: str, began: float, **fields: Any) -> Change:
    return Change("e", "hum", kind, fields.pop("path", "fast"), AT, AT + began, None, 5.0, "m")  # type: ignore[arg-type]


def _ended(began: float, ended: float) -> Change:
    return replace(_change("end", began), ended=AT + ended)


def _seconds(case: Case) -> list[int]:
    """The seconds that a clip holds sound of."""
    assert case.clip is not None
    return sorted(set(case.clip.samples[:, 0].tolist()))


@pytest.fixture(scope="module")
def model(watch_model: Path) -> Model:
    return load(watch_model)


def test_a_clip_is_there_at_once_and_whole_when_the_event_is_over(model: Model) -> None:
    machine = Machine(model, before_s=10, after_s=5, longest_s=60)
    machine.run(100)
    (first,) = machine.second(_change("new", 98), score=3.0)
    assert _seconds(first) == list(range(88, 101))
    machine.run(10)
    (last,) = machine.second(_ended(98, 104))
    assert _seconds(last) == list(range(88, 109))
    assert last.change.kind == "end"
    assert machine.gathering.update("e") is None


def test_a_long_event_has_its_beginning_kept(model: Model) -> None:
    machine = Machine(model, before_s=10, after_s=5, longest_s=60)
    machine.run(100)
    machine.second(_change("new", 98))
    (whole,) = machine.run(200)
    assert _seconds(whole) == list(range(88, 148))
    assert machine.gathering.update("e") == replace(_change("update", 98), at=AT + 301)
    assert machine.second(_ended(98, 290)) == []


def test_a_short_event_that_is_over_late_has_no_more_than_was_asked_for(model: Model) -> None:
    machine = Machine(model, before_s=10, after_s=5, longest_s=60)
    machine.run(100)
    machine.second(_change("new", 98))
    machine.run(300)
    (last,) = machine.second(_ended(98, 102))
    assert _seconds(last) == list(range(88, 107))


def test_the_most_anomalous_window_of_the_clip_is_the_one_that_is_explained(model: Model) -> None:
    machine = Machine(model, before_s=10, after_s=5, longest_s=60)
    machine.run(97)
    machine.second(score=9.0)
    machine.second(score=2.0)
    (first,) = machine.second(_change("new", 98), score=3.0)
    assert first.window is not None
    assert set(first.window.samples[:, 0]) == {99}
    machine.second(score=7.0)
    machine.second(score=float("nan"))
    machine.run(20)
    (last,) = machine.second(_ended(98, 104))
    assert last.window is not None
    assert (set(last.window.samples[:, 0]), last.window.began) == ({100}, AT + 100)


def test_a_lasting_change_has_its_most_anomalous_window_with_sound_around(model: Model) -> None:
    machine = Machine(model, before_s=4, after_s=3, longest_s=30)
    machine.run(100)
    machine.second(score=5.0)
    machine.run(10)
    (first,) = machine.second(_change("new", 20, path="slow"), score=1.0)
    assert _seconds(first) == list(range(96, 104))
    assert first.window is not None
    assert set(first.window.samples[:, 0]) == {100}
    assert machine.run(50) == []
    worse = replace(_change("update", 20, path="slow"), level="alarm")
    (burst,) = machine.second(worse, score=8.0)
    assert _seconds(burst) == list(range(136, 163))
    assert burst.window is not None
    assert set(burst.window.samples[:, 0]) == {162}
    assert machine.second(replace(worse, peak=9.0)) == []


def test_a_lasting_change_that_is_worst_now_waits_for_what_comes_after(model: Model) -> None:
    machine = Machine(model, before_s=4, after_s=3, longest_s=30)
    machine.run(100)
    (first,) = machine.second(_change("new", 20, path="slow"), score=5.0)
    assert _seconds(first) == list(range(96, 101))
    (last,) = machine.run(50)
    assert _seconds(last) == list(range(96, 104))


def test_an_event_that_was_known_late_has_the_sound_that_made_it_known(model: Model) -> None:
    machine = Machine(model, before_s=10, after_s=5, longest_s=30)
    machine.run(200)
    (first,) = machine.second(_change("new", 60))
    assert _seconds(first) == list(range(176, 201))


def test_what_comes_before_a_gap_and_after_it_is_in_the_clip_and_the_gap_is_stated(model: Model) -> None:
    machine = Machine(model, before_s=10, after_s=5, longest_s=60)
    machine.run(95)
    machine.gathering.feed(End("it broke off"))
    machine.now += 3
    machine.gathering.feed(Begin(RATE, AT + machine.now))
    machine.run(2)
    (first,) = machine.second(_change("new", 99))
    assert first.clip is not None
    assert first.clip.gaps == ((6.0, 9.0),)
    assert len(first.clip.samples) == 12 * RATE


def test_an_event_is_found_again_where_the_clock_was_set(model: Model) -> None:
    machine = Machine(model, before_s=10, after_s=5, longest_s=60)
    machine.run(100)
    machine.second(_change("new", 98), score=3.0)
    machine.gathering.feed(Correction("clock moved", 3600.0, "The clock was set."))
    machine.moved = 3600.0
    (whole,) = machine.run(60)
    assert _seconds(whole) == list(range(88, 148))
    assert whole.clip is not None
    assert whole.clip.began == AT + 3688


def test_what_goes_on_when_nobody_listens_any_more_is_given_as_far_as_it_is_there(model: Model) -> None:
    machine = Machine(model, before_s=10, after_s=5, longest_s=60)
    machine.run(100)
    machine.second(_change("new", 98))
    machine.run(2)
    machine.gathering.follow([_ended(98, 103)])
    (last,) = machine.given()
    assert _seconds(last) == list(range(88, 103))
