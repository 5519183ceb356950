"""Quiet hours go by the clock on the wall, also in the nights in which it is changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from offkey.watch.advisory.quiet import is_quiet
from offkey.watch.advisory.settings import QuietSettings
from offkey.watch.local_time import local

BERLIN = ZoneInfo("Europe/Berlin")
OCTOBER = datetime(2026, 10, 24, 10, tzinfo=UTC)  # noon before the night in which summer time ends
MARCH = datetime(2027, 3, 27, 11, tzinfo=UTC)  # and noon before the one in which it begins


def _quiet(begin: str, end: str, **fields: Any) -> QuietSettings:
    return QuietSettings.model_validate({"from": begin, "to": end, **fields})


def _minutes(quiet: QuietSettings, begin: datetime, hours: int) -> list[datetime]:
    """Return the minutes of quiet, on the wall of the plant."""
    times = [begin.timestamp() + 60 * minute for minute in range(60 * hours)]
    return [local(at, BERLIN) for at in times if is_quiet(quiet, at, BERLIN)]


@pytest.mark.parametrize(
    ("noon_before", "hours"),
    [
        (OCTOBER, 9),
        (MARCH, 7),
        (datetime(2027, 1, 14, 11, tzinfo=UTC), 8),
    ],
)
def test_a_night_from_22_to_6_takes_the_hours_that_it_has_on_the_wall(noon_before: datetime, hours: int) -> None:
    quiet = _minutes(_quiet("22:00", "06:00"), noon_before, 24)
    assert len(quiet) == 60 * hours
    assert (quiet[0].strftime("%H:%M"), quiet[-1].strftime("%H:%M")) == ("22:00", "05:59")


def test_quiet_in_an_hour_that_is_left_out_or_comes_twice() -> None:
    quiet = _quiet("02:00", "03:00")
    assert _minutes(quiet, datetime(2027, 3, 27, 23, tzinfo=UTC), 6) == []
    assert len(_minutes(quiet, datetime(2026, 10, 24, 22, tzinfo=UTC), 6)) == 120


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    quiet = _quiet("22:00", "06:00", days=["fri"])
    found = _minutes(quiet, datetime(2027, 1, 11, tzinfo=UTC), 24 * 7)
    assert (found[0].strftime("%a %H:%M"), found[-1].strftime("%a %H:%M")) == ("Fri 22:00", "Sat 05:59")
    assert len(found) == 8 * 60


def test_quiet_all_day_and_by_day() -> None:
    assert len(_minutes(_quiet("00:00", "00:00", days=["sun"]), datetime(2027, 3, 27, tzinfo=UTC), 72)) == 23 * 60
    assert len(_minutes(_quiet("12:00", "13:30"), datetime(2027, 3, 27, tzinfo=UTC), 24)) == 90


@pytest.mark.parametrize("text", ["25:00", "noon", ""])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match='a time of day is written as "22:00"'):
        _quiet(text, "06:00")


@pytest.fixture
def on_a_computer_in() -> Iterator[Callable[[str], None]]:
    """Return a function: a time zone that the computer is set to, until the test is over."""
    before = os.environ.get("TZ")

    def move(zone: str | None) -> None:
        os.environ.pop("TZ", None)
        os.environ.update({} if zone is None else {"TZ": zone})
        time.tzset()

    yield move
    move(before)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
@pytest.mark.parametrize(("noon", "hours"), [(OCTOBER, 9), (MARCH, 7)])
def test_the_zone_of_the_plant_counts_and_not_that_of_the_computer(
    on_a_computer_in: Callable[[str], None], zone: str, noon: datetime, hours: int
) -> None:
    on_a_computer_in(zone)
    assert len(_minutes(_quiet("22:00", "06:00"), noon, 24)) == 60 * hours
