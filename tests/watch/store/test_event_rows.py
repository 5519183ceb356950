"""Counts of events, and those that wait, as the database finds them."""

from __future__ import annotations

from dataclasses import replace

from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.rows import Act, Review
from offkey.watch.store.store import Store

NEW = Change("a1", "pump", "new", "fast", 20.0, 10.0, None, 3.0, "m", level="watch")


def _fill(store: Store) -> None:
    """Two events of a pump, of which one goes on, one of a fan that has ended, and one of an area."""
    store.write(
        Findings(
            [
                NEW,
                replace(NEW, kind="end", ended=30.0),
                replace(NEW, event="a2", began=40.0),
                replace(NEW, event="a2", began=40.0, kind="update", level="alarm"),
                replace(NEW, event="b1", machine="fan", began=50.0),
                replace(NEW, event="b1", machine="fan", began=50.0, kind="end", ended=60.0, area="hall"),
                replace(NEW, event="c1", machine="hall", scope="common", kind="end", began=70.0, ended=80.0),
            ]
        )
    )


def test_what_goes_on_is_the_newest_change_of_what_has_not_ended(store: Store) -> None:
    assert store.event_rows.going_on() == {}
    _fill(store)
    (row,) = store.event_rows.going_on().values()
    assert row == store.events(machine="pump")[0]
    assert (row["event"], row["level"]) == ("a2", "alarm")
    store.write(Findings([replace(NEW, event="a3", began=90.0)]))
    assert store.event_rows.going_on()["pump"]["event"] == "a3"


def test_events_that_nobody_reviewed_are_listed_and_counted(store: Store) -> None:
    _fill(store)
    store.add(Act(1.0, "acknowledge", "ann", event="a2"), Act(1.0, "shelve", "ann", event="b1"))
    store.add(Review("a1", 1.0, "false", "ann"), Review("c1", 1.0, "true", "ann"))
    rows = store.event_rows.to_review(limit=10)
    assert [(row["event"], row["acknowledged"]) for row in rows] == [("b1", False), ("a2", True)]
    assert [row["event"] for row in store.event_rows.to_review(limit=1)] == ["b1"]
    assert store.event_rows.to_review_counts() == {"pump": 1, "fan": 1}


def test_events_that_began_between_two_times_are_counted_once(store: Store) -> None:
    _fill(store)
    assert store.event_rows.begun(10.0, 50.0) == {"pump": 2}
    assert store.event_rows.begun(11.0, 51.0) == {"pump": 1, "fan": 1}


def test_own_events_have_their_newest_verdict(store: Store) -> None:
    _fill(store)
    store.add(Review("a1", 1.0, "false", "ann"), Review("a1", 2.0, "true", "ann"))
    assert store.event_rows.own("pump", since=0.0) == {"a1": "true", "a2": None}
    assert store.event_rows.own("pump", since=11.0) == {"a2": None}
    assert store.event_rows.own("fan", since=0.0) == store.event_rows.own("hall", since=0.0) == {}
