"""A machine and its source: one item at a time from the one to the other, and how both are doing."""

from __future__ import annotations

import math
from pathlib import Path
from threading import Event
from typing import Any

from offkey.watch.acquisition.feed import Feed
from offkey.watch.acquisition.make import make_source
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.clock import Clock
from offkey.watch.findings import Findings
from offkey.watch.machine import WatchedMachine, load_model
from offkey.watch.rows import StateChange
from offkey.watch.settings import MachineSettings
from offkey.watch.store.store import Store

__all__ = ["Watched"]

_FRESH_HOPS = 3  # a machine whose newest window is older is not listened to


class Watched:
    """A machine that is listened to.

    `folder`: where relative paths start.
    `store`: holds its shadow, and what was taken of its source.
    `arrived`: set whenever its source has something.
    `clock`: by which it goes.
    """

    def __init__(self, settings: MachineSettings, folder: Path, store: Store, arrived: Event, clock: Clock) -> None:
        model, model_id = load_model(settings, folder)
        source = make_source(settings, folder, model.rate, store.taken(settings.name))
        cut, self._clock = model.windowing, clock
        self.machine = WatchedMachine(settings, model, model_id, store.surprises(settings.name, model_id))
        self.feed = Feed(source, arrived, clock)
        self.slack_s = _FRESH_HOPS * cut.hop_s + cut.window_s + (source.stalled_after_s if source.waits else 0.0)
        """Seconds after which a window should have come: three hops, a window and what the source may pause."""
        self._state_told = ("waiting", False)  # and whether with a reason
        self._last_s = -math.inf  # when the newest window came, on a clock that only goes forward

    @property
    def name(self) -> str:
        """The name of the machine."""
        return self.machine.settings.name

    def take(self) -> Findings | None:
        """Take one item of the source, and return what it brought; None where none is there."""
        item = self.feed.take()
        if item is None:
            return None
        before = self.machine.last_window
        findings = self.machine.feed(item)
        if isinstance(item, Correction):
            findings.states.append(self._state(item.kind, item.sentence))
        if self.machine.last_window is not before:
            self._last_s = self._clock.monotonic()
        return findings

    def look_at_source(self) -> Findings:
        """Return a new state of the source once; the reasons of further tries stand in the status."""
        state, reason = self.feed.state()
        if (state, bool(reason)) == self._state_told:
            return Findings()
        self._state_told = state, bool(reason)
        return Findings(states=[self._state(state, reason)])

    def stop(self) -> Findings:
        """Return what is left to be kept when nobody listens any more."""
        newest = self.machine.last_window
        return self.machine.stop(self._clock.utc() if newest is None else newest.end)

    def status(self) -> dict[str, Any]:
        """Return how it is doing, as `Monitor.status` describes it."""
        machine = self.machine
        state, reason = self.feed.state()
        known = machine.last_window if machine.last_window is not None and not machine.last_window.error else None
        return {
            "machine": self.name,
            "phase": machine.phase,
            "source": state,
            "reason": reason or machine.problem,
            "fresh": self._clock.monotonic() - self._last_s <= self.slack_s,
            "shadow_days": machine.shadow_days,
            "shadow_days_wanted": machine.settings.shadow_days,
            "promise": None if machine.sensitivity is None else machine.sensitivity.sentence(),
            "event": machine.events is not None and machine.events.event is not None,
            "level": None if machine.events is None else machine.events.level,
            "score": None if known is None else known.score,
            "p_value": None if known is None else known.p_value,
            "window_end": None if machine.last_window is None else machine.last_window.end,
        }

    def _state(self, state: str, reason: str) -> StateChange:
        return StateChange(self.name, self._clock.utc(), state, reason)
