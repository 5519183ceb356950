"""The quality of alarms."""

from __future__ import annotations

from typing import Any

import pytest

from offkey.watch.health.quality import alarm_quality

DAY = 86_400.0
NOW = 100 * DAY


def _event(name: str, began_days_ago: float, *, machine: str = "pump", goes_on: bool = False) -> dict[str, Any]:
    began = NOW - began_days_ago * DAY
    return {"event": name, "machine": machine, "began": began, "ended": None if goes_on else began + 60}


def _review(event: str, days_ago: float, verdict: str) -> dict[str, Any]:
    return {"event": event, "at": NOW - days_ago * DAY, "verdict": verdict}


def test_events_are_counted_within_the_time_and_by_their_newest_review() -> None:
    events = [_event("a", 1), _event("b", 2), _event("c", 3, machine="fan"), _event("old", 20), _event("d", 5)]
    reviews = [
        _review("a", 0.5, "false"),
        _review("b", 1, "true"),
        _review("a", 0.2, "true"),
        _review("c", 2, "expected"),
    ]
    found = alarm_quality(events, reviews, since=NOW - 14 * DAY, now=NOW)
    assert (found.events, found.per_week, found.days) == (4, 2.0, 14.0)
    assert (found.true, found.false, found.expected, found.share_true) == (2, 0, 1, 1.0)
    assert found.worst == [("pump", 3), ("fan", 1)]


def test_the_time_to_a_review_is_that_to_the_first_one() -> None:
    events = [_event("a", 2), _event("b", 2), _event("c", 2)]
    reviews = [_review("a", 1, "true"), _review("a", 0, "false"), _review("b", 1.5, "true"), _review("c", 0.5, "true")]
    assert alarm_quality(events, reviews, since=NOW - 7 * DAY, now=NOW).review_s == pytest.approx(DAY)


def test_what_goes_on_or_waits_for_more_than_a_day_is_stale_the_oldest_first() -> None:
    events = [
        _event("new", 0.5, goes_on=True),
        _event("judged", 3),
        _event("waits", 4),
        _event("lasts", 6, goes_on=True),
    ]
    reviews = [_review("judged", 2, "true"), _review("lasts", 2, "true")]
    found = alarm_quality(events, reviews, since=NOW - 7 * DAY, now=NOW)
    assert [event["event"] for event in found.stale] == ["lasts", "waits"]


def test_nothing_happened_is_no_error() -> None:
    found = alarm_quality([], [], since=NOW - DAY, now=NOW)
    assert (found.events, found.share_true, found.review_s, found.worst, found.stale) == (0, None, None, [], [])
