"""The monitor: sources in their threads, and one thread that scores and keeps what it finds."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from offkey.errors import OffkeyError
from offkey.watch.acquisition.feed import Feed
from offkey.watch.acquisition.make import make_source
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.health.events import Change
from offkey.watch.machine import Findings, StateChange, WatchedMachine, load_model
from offkey.watch.settings import MachineSettings, PlantSettings
from offkey.watch.store.store import Store

__all__ = ["Monitor"]

_ROUND_S = 0.5  # that it waits at most for sound before it looks after all else
_FRESH_HOPS = 3  # a machine whose newest window is older is not listened to
_STUCK_S = 30.0  # without a round, after which nothing is scored any more
_TOGETHER_S = 600.0  # minutes are kept together after so long, which spares SD cards most of the writes
_RETRY_S = 10.0  # between tries to write what a database refused


@dataclass
class _Watched:
    """A machine and its source."""

    machine: WatchedMachine
    feed: Feed
    slack_s: float
    """Seconds after which a window should have come: three hops, a window and what the source may pause."""
    told: tuple[str, bool] = ("waiting", False)
    """The state of the source that was told last, and whether with a reason."""
    last_s: float = -math.inf
    """When the newest window came, on a clock that only goes forward."""


class Monitor:
    """Listens to the machines of a plant until it is stopped.

    Parameters
    ----------
    settings : PlantSettings
        The plant.
    folder : Path
        Where relative paths start.
    store : Store
        Where what is found is kept.
    report : callable
        Called with each sentence that a person should read.

    Raises
    ------
    OffkeyError
        If a model cannot be loaded, or a source is not as it must be.
    """

    def __init__(self, settings: PlantSettings, folder: Path, store: Store, report: Callable[[str], None]) -> None:
        self._store, self._report = store, report
        self._arrived, self._last_round_s = Event(), -math.inf
        self._pending, self._retry_at, self._written_at = Findings(), -math.inf, time.monotonic()
        self._watched = [self._watch(folder, one) for one in settings.machine]
        self._ended_left_open()

    def run(self, stopping: Event) -> None:
        """Listen until `stopping` is set, or all sources are over; then end what goes on, and keep what is left.

        Parameters
        ----------
        stopping : Event
            Set by another thread or by a signal.
        """
        for one in self._watched:
            self._report(f"{one.machine.settings.name}: {one.machine.stage()}")
            one.feed.start()
        try:
            while not stopping.is_set() and not all(one.feed.has_ended for one in self._watched):
                self._last_round_s = time.monotonic()
                if not self._round(stopping):
                    self._arrived.wait(_ROUND_S)
                    self._arrived.clear()
        finally:
            self._stop()

    def is_scoring(self) -> bool:
        """Tell whether sound is being scored: whether `run` has come round within 30 s."""
        return time.monotonic() - self._last_round_s < _STUCK_S

    def status(self) -> list[dict[str, Any]]:
        """Return how each machine is doing.

        Returns
        -------
        list of dict
            `machine`, `phase` ("shadow" or "armed"), `source` (its state), `reason`, `fresh`, `shadow_days`,
            `shadow_days_wanted`, `promise`, `event` (whether one goes on), `score`, `p_value` and `window_end` of the
            newest window.
        """
        return [self._status(one) for one in self._watched]

    def _watch(self, folder: Path, settings: MachineSettings) -> _Watched:
        model, model_id = load_model(settings, folder)
        source = make_source(settings, folder, model.rate, self._store.taken(settings.name))
        machine = WatchedMachine(settings, model, model_id, self._store.surprises(settings.name, model_id))
        cut = model.windowing
        slack_s = _FRESH_HOPS * cut.hop_s + cut.window_s + (source.stalled_after_s if source.waits else 0.0)
        return _Watched(machine, Feed(source, self._arrived), slack_s)

    def _round(self, stopping: Event) -> bool:
        """Take one item of each source; return whether there was any."""
        found = False
        for one in self._watched:
            item = None if stopping.is_set() else one.feed.take()
            if item is None:
                continue
            found = True
            before, phase = one.machine.last_window, one.machine.phase
            self._pending += self._announced(one.machine.feed(item))
            if isinstance(item, Correction):
                self._tell_state(one, item.kind, item.sentence)
            if one.machine.last_window is not before:
                one.last_s = time.monotonic()
            if one.machine.phase != phase:
                self._report(f"{one.machine.settings.name}: {one.machine.stage()}")
        self._look_at_sources()
        self._write()
        return found

    def _look_at_sources(self) -> None:
        """Tell and keep each new state of a source once; the reasons of further tries stand in the status."""
        for one in self._watched:
            state, reason = one.feed.state()
            if (state, bool(reason)) == one.told:
                continue
            one.told = state, bool(reason)
            self._tell_state(one, state, reason)

    def _tell_state(self, one: _Watched, state: str, reason: str) -> None:
        name = one.machine.settings.name
        self._pending += Findings(states=[StateChange(name, time.time(), state, reason)])
        self._report(f"{name}: source {state}{reason and ': '}{reason}")

    def _announced(self, findings: Findings) -> Findings:
        for change in findings.changes:
            if change.kind != "update":
                self._report(_sentence(change))
        return findings

    def _write(self, *, is_last: bool = False) -> None:
        """Keep what is pending, when it is due; what a database refuses stays pending, and is tried again."""
        now = time.monotonic()
        is_due = self._pending.is_urgent or now - self._written_at >= _TOGETHER_S
        if not self._pending or not (is_last or (is_due and now >= self._retry_at)):
            return
        try:
            self._store.write(self._pending)
        except OffkeyError as error:
            self._retry_at = now + _RETRY_S
            lost = "what was not kept yet is lost" if is_last else "nothing is lost yet, and it is tried again"
            self._report(f"{lost}: {error}")
        else:
            self._pending, self._written_at = Findings(), now

    def _stop(self) -> None:
        self._look_at_sources()
        for one in self._watched:
            one.feed.stop()
        for one in self._watched:
            newest = one.machine.last_window
            self._pending += self._announced(one.machine.stop(time.time() if newest is None else newest.end))
        self._write(is_last=True)

    def _ended_left_open(self) -> None:
        """End the events that a monitor before this one left open when it died."""
        left = [row for row in self._store.events(limit=10_000) if row["kind"] != "end"]
        fields = [{key: value for key, value in row.items() if key != "seq"} for row in left]
        ended = [Change(**{**row, "kind": "end", "ended": row["at"]}) for row in fields]
        if ended:
            self._store.write(Findings(ended))

    def _status(self, one: _Watched) -> dict[str, Any]:
        machine, (state, reason) = one.machine, one.feed.state()
        newest, events = machine.last_window, machine.events
        has_score = newest is not None and newest.error is None
        return {
            "machine": machine.settings.name,
            "phase": machine.phase,
            "source": state,
            "reason": reason or machine.problem,
            "fresh": time.monotonic() - one.last_s <= one.slack_s,
            "shadow_days": machine.shadow_days,
            "shadow_days_wanted": machine.settings.shadow_days,
            "promise": None if machine.sensitivity is None else machine.sensitivity.sentence(),
            "event": bool(events is not None and events.open),
            "score": newest.score if newest is not None and has_score else None,
            "p_value": newest.p_value if newest is not None and has_score else None,
            "window_end": None if newest is None else newest.end,
        }


def _sentence(change: Change) -> str:
    """Say what happened to a machine."""
    at = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(change.began if change.ended is None else change.ended))
    what = "a break or a burst" if change.path == "fast" else "a lasting change"
    if change.ended is None:
        return f"{change.machine}: event, {what} since {at} (level {change.peak:.1f})"
    return f"{change.machine}: the event is over since {at} (highest level {change.peak:.1f})"
