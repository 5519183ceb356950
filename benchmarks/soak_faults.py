"""Faults of the machines of the soak: each lasts until an event began, and a while longer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks.soak_plant import Microphone

__all__ = ["Fault", "Faults"]

SOONEST_S, LATEST_S = 60.0, 240.0  # between two faults of a machine, of its own time
LONGER_S = (10.0, 120.0)  # that a fault lasts on once its event has begun
MOST_REAL_S = 60.0  # for which an event is waited for


@dataclass
class Fault:
    """A fault of a machine in real seconds, and the events that began while it lasted or until the next."""

    machine: str
    onset: float
    events: list[str] = field(default_factory=list)
    found_at: float | None = None
    ends_at: float | None = None
    is_cleared: bool = False
    is_over: bool = False


class Faults:
    """Plants faults in turn in each machine while no event goes on, and follows what the monitor makes of them.

    `speed`: seconds of the machines in one.
    """

    def __init__(self, microphones: Sequence[Microphone], random: Random, speed: float) -> None:
        self._microphones = {one.name: one for one in microphones}
        self._random, self._speed = random, speed
        self._next = {name: self._in(SOONEST_S, LATEST_S) for name in self._microphones}
        self._are_wanted, self._eventful = True, set[str]()
        self.planted: list[Fault] = []
        self.false: list[str] = []

    def has_fault(self, microphone: Microphone) -> bool:
        """Tell whether a machine has a fault, or its event goes on."""
        return self._newest(microphone.name) is not None

    @property
    def are_over(self) -> bool:
        """Whether no fault and no event goes on."""
        return not self._eventful and not any(self._newest(name) for name in self._microphones)

    def no_more(self) -> None:
        """Plant no further ones until the next change arrives after `again`."""
        self._are_wanted = False

    def again(self) -> None:
        """Plant further ones."""
        self._are_wanted = True
        self._next = {name: self._in(SOONEST_S, LATEST_S) for name in self._microphones}

    def follow(self, changes: Sequence[dict[str, Any]]) -> None:
        """Take what is new about events; let faults begin and end."""
        now = time.monotonic()
        for change in changes:
            self._take(change, now)
        for name, microphone in self._microphones.items():
            fault = self._newest(name)
            if fault is None:
                if self._are_wanted and now >= self._next[name] and name not in self._eventful:
                    self.planted.append(Fault(name, now))
                    microphone.play("faulty")
            elif not fault.is_cleared:
                late = fault.ends_at is None and now - fault.onset > MOST_REAL_S
                if late or (fault.ends_at is not None and now >= fault.ends_at):
                    microphone.play("normal")
                    fault.is_cleared = True
                    fault.is_over = late
                    self._next[name] = self._in(SOONEST_S, LATEST_S)

    def _take(self, change: dict[str, Any], now: float) -> None:
        fault = self._newest(change["machine"])
        if change["kind"] == "end":
            self._eventful.discard(change["machine"])
        else:
            self._eventful.add(change["machine"])
        if change["kind"] == "new":
            if fault is None:
                self.false.append(change["event"])
                return
            fault.events.append(change["event"])
            if fault.found_at is None:
                fault.found_at, fault.ends_at = now, self._in(*LONGER_S)
        elif change["kind"] == "end" and fault is not None and fault.is_cleared:
            fault.is_over = True
            self._next[fault.machine] = self._in(SOONEST_S, LATEST_S)

    def delays_s(self) -> list[float]:
        """Return after how many seconds of its own time each fault was found that was."""
        return [(one.found_at - one.onset) * self._speed for one in self.planted if one.found_at is not None]

    def _newest(self, name: str) -> Fault | None:
        """Return the fault of a machine that goes on."""
        return next((one for one in self.planted if one.machine == name and not one.is_over), None)

    def _in(self, soonest_s: float, latest_s: float) -> float:
        """Return a moment so many seconds of the machines from now, in real time."""
        return time.monotonic() + self._random.uniform(soonest_s, latest_s) / self._speed
