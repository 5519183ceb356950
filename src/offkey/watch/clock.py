"""The clock that watching goes by: the computer's, one that is moved by hand, or one that runs in fast time."""

from __future__ import annotations

import time
from threading import Condition, Event

__all__ = ["REAL", "Clock", "FastClock", "MovedClock"]

_LOOK_S = 0.01  # of real time, after which it is looked whether an event was set


class Clock:
    """The clock of the computer."""

    def monotonic(self) -> float:
        """Return seconds that only go forward, whoever sets the clock."""
        return time.monotonic()

    def utc(self) -> float:
        """Return seconds since 1970 UTC, as the calendar has them."""
        return time.time()

    def wait(self, event: Event, seconds: float) -> bool:
        """Wait until an event is set, for so many seconds of this clock at most; return whether it is set."""
        return event.wait(seconds)


REAL = Clock()
"""The clock of the computer."""


class MovedClock(Clock):
    """A clock that stands still until it is moved; who waits goes on when it has come far enough.

    `at`: its first time, in seconds since 1970 UTC.
    """

    def __init__(self, at: float = 1_800_000_000.0) -> None:
        self._at, self._passed = at, 0.0
        self._moved = Condition()

    def move(self, seconds: float) -> None:
        """Let so many seconds pass."""
        with self._moved:
            self._passed += seconds
            self._moved.notify_all()

    def set_calendar(self, seconds: float) -> None:
        """Set the calendar forward, or back by a number below 0, while no time passes."""
        self._at += seconds

    def monotonic(self) -> float:
        """Return the seconds by which it was moved."""
        return self._passed

    def utc(self) -> float:
        """Return the calendar in seconds since 1970 UTC."""
        return self._at + self._passed

    def wait(self, event: Event, seconds: float) -> bool:
        """Wait until an event is set, or the clock was moved by so many seconds; return whether it is set."""
        with self._moved:
            until = self._passed + seconds
            while not event.is_set() and self._passed < until:
                self._moved.wait(_LOOK_S)
        return event.is_set()


class FastClock(Clock):
    """A clock that runs faster than the computer's; two of the same `since` and `at` agree, in any process.

    `speed`: seconds that pass in one.
    `at`: its time at `since`, in seconds since 1970 UTC.
    `since`: a time of the computer's clock, in seconds since 1970 UTC; now by default.
    """

    def __init__(self, speed: float, *, at: float, since: float | None = None) -> None:
        passed = 0.0 if since is None else time.time() - since
        self._speed, self._at = speed, at + speed * passed
        self._begin = time.monotonic()

    def monotonic(self) -> float:
        """Return the seconds that have passed on it."""
        return self._speed * (time.monotonic() - self._begin)

    def utc(self) -> float:
        """Return the calendar in seconds since 1970 UTC."""
        return self._at + self.monotonic()

    def wait(self, event: Event, seconds: float) -> bool:
        """Wait until an event is set, for so many seconds of this clock at most; return whether it is set."""
        return event.wait(seconds / self._speed)
