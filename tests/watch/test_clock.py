"""Clocks: each waits by its own time, and an event ends every wait."""

from __future__ import annotations

import time
from threading import Event, Thread

import pytest

from offkey.watch.clock import REAL, Clock, FastClock, MovedClock

AT = 1_800_000_000.0


def test_the_real_clock_is_that_of_the_computer() -> None:
    assert time.time() == pytest.approx(REAL.utc(), abs=5)
    assert time.monotonic() == pytest.approx(REAL.monotonic(), abs=5)
    assert not REAL.wait(Event(), 0.0)


def test_a_moved_clock_stands_still_until_it_is_moved() -> None:
    clock = MovedClock(AT)
    assert (clock.monotonic(), clock.utc()) == (0.0, AT)
    clock.move(90.0)
    assert (clock.monotonic(), clock.utc()) == (90.0, AT + 90)


def test_a_calendar_that_is_set_lets_no_time_pass() -> None:
    clock = MovedClock(AT)
    clock.set_calendar(-3600.0)
    assert (clock.monotonic(), clock.utc()) == (0.0, AT - 3600)


def test_who_waits_goes_on_when_the_clock_has_come_far_enough() -> None:
    clock, found = MovedClock(), []
    waiting = Thread(target=lambda: found.append(clock.wait(Event(), 60.0)))
    waiting.start()
    for _ in range(6):
        clock.move(9.0)
    waiting.join(0.05)
    assert waiting.is_alive()
    while waiting.is_alive():
        clock.move(9.0)
        waiting.join(0.05)
    assert found == [False]


@pytest.mark.parametrize("clock", [REAL, MovedClock(), FastClock(0.001, at=AT)])
def test_an_event_ends_the_wait(clock: Clock) -> None:
    event, found = Event(), []
    waiting = Thread(target=lambda: found.append(clock.wait(event, 3600.0)))
    waiting.start()
    event.set()
    waiting.join(10)
    assert found == [True]


def test_a_fast_clock_passes_many_seconds_in_one() -> None:
    clock = FastClock(3600.0, at=AT)
    began = time.monotonic()
    assert not clock.wait(Event(), 360.0)
    taken = time.monotonic() - began
    assert taken > 0.09
    assert clock.monotonic() >= 3600 * taken
    assert clock.utc() - AT == pytest.approx(clock.monotonic(), abs=3600)


def test_fast_clocks_of_two_processes_agree() -> None:
    since = time.time() - 10
    first, second = (FastClock(100.0, at=AT, since=since) for _ in range(2))
    assert first.utc() == pytest.approx(second.utc(), abs=500)
    assert first.utc() >= AT + 1000
