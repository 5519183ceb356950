"""The monitor: sources in their threads, and one thread that scores and keeps what it finds."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

from offkey.errors import OffkeyError
from offkey.model import Model
from offkey.watch.acquisition.tap import Tap
from offkey.watch.advisory.advisory import Advisory
from offkey.watch.advisory.sentences import stored_words
from offkey.watch.advisory.words import evidence_sentences
from offkey.watch.clock import REAL, Clock
from offkey.watch.evidence.clips import CLIPS
from offkey.watch.evidence.worker import EvidenceWorker
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.life.phases import OURSELVES
from offkey.watch.machine import WatchedMachine
from offkey.watch.pending import Pending
from offkey.watch.settings import PlantSettings
from offkey.watch.store.keeper import Keeper
from offkey.watch.store.store import Store
from offkey.watch.watched import Watched

__all__ = ["Monitor"]

_ROUND_S = 0.5  # that it waits at most for sound before it looks after all else
_LOOK_S = 2.0  # after which it is looked again what people decided
_REMEMBERED = 10_000  # messages of earlier monitors, from which it is known who was told what
_STUCK_S = 30.0  # without a round, after which nothing is scored any more


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
    clock : Clock, optional
        By which it goes; by default the computer's.

    Raises
    ------
    OffkeyError
        If a model cannot be loaded, or a source is not as it must be.
    """

    def __init__(
        self,
        settings: PlantSettings,
        folder: Path,
        store: Store,
        report: Callable[[str], None],
        clock: Clock = REAL,
    ) -> None:
        self._store, self._report, self._clock = store, report, clock
        self._arrived, self._last_round_s = Event(), -math.inf
        self._pending = Pending(store, report, clock)
        self._steps_known, self._looked_at = max((row["seq"] for row in store.life.steps()), default=0), -math.inf
        self._keeper = Keeper(store.database, settings.keep, folder / CLIPS, clock, report)
        self._evidence = EvidenceWorker(settings.clips, folder, self._arrived, self._keeper.may_write_clip, clock)
        earlier = reversed(store.outbox.messages(limit=_REMEMBERED))
        self._advisory = Advisory(settings, stored_words(store, settings.plant.zone), earlier, clock.utc())
        self._watched = [Watched(one, folder, store, self._arrived, self._evidence, clock) for one in settings.machine]
        self._take_up_left_open()

    def run(self, stopping: Event) -> None:
        """Listen until `stopping` is set, or all sources are over; then end what goes on, and keep what is left.

        Parameters
        ----------
        stopping : Event
            Set by another thread or by a signal.
        """
        self._evidence.start()
        for one in self._watched:
            self._report(f"{one.name}: {one.stage()}")
            one.feed.start()
        try:
            while not stopping.is_set() and not all(one.feed.has_ended for one in self._watched):
                self._last_round_s = self._clock.monotonic()
                if not self._round(stopping):
                    self._clock.wait(self._arrived, _ROUND_S)
                    self._arrived.clear()
        finally:
            self._stop()

    def is_scoring(self) -> bool:
        """Tell whether sound is being scored: whether `run` has come round within 30 s."""
        return self._clock.monotonic() - self._last_round_s < _STUCK_S

    def status(self) -> list[dict[str, Any]]:
        """Return how each machine is doing.

        Returns
        -------
        list of dict
            `machine`, `phase` ("learning", "shadow", "armed" or "out of service"), `stage` (the same in words),
            `source` (its state), `reason`, `fresh`, `learning` (how far it is), `shadow_days`, `shadow_days_wanted`,
            `promise`, `event` (whether one goes on), `level` ("normal", "watch", "warning" or "alarm"), `index` (0 to
            100), `state` (operating state), `score`,
            `p_value` and `window_end` of the newest window; None where its phase has no such thing.
        """
        return [one.status() for one in self._watched]

    def model(self, machine: str) -> Model | None:
        """Return the model of a machine; None where it has none yet, or there is no such machine."""
        found = next((one.machine for one in self._watched if one.name == machine), None)
        return found.model if isinstance(found, WatchedMachine) else None

    def listen(self, machine: str) -> Tap:
        """Listen in on the source of a machine, until `leave`.

        Parameters
        ----------
        machine : str
            Its name.

        Returns
        -------
        Tap
            What its source gives from now on.
        """
        tap = Tap(machine)
        for one in self._watched:
            if one.name == machine:
                one.taps = (*one.taps, tap)
        return tap

    def leave(self, tap: Tap) -> None:
        """Let a tap get nothing any more."""
        for one in self._watched:
            one.taps = tuple(other for other in one.taps if other is not tap)

    def _round(self, stopping: Event) -> bool:
        """Take one item of each source; return whether there was any."""
        found = False
        for one in self._watched:
            machine, phase = one.machine, one.machine.phase
            findings = None if stopping.is_set() else one.take()
            if findings is None:
                continue
            found = True
            self._keep(findings)
            if one.machine is machine and machine.phase != phase:
                self._report(f"{one.name}: {one.stage()}")
        for one in self._watched:
            self._keep(one.look_at_source())
        self._look_at_evidence()
        self._look_at_lives()
        self._pending.add(Findings(messages=self._advisory.tick(self._clock.utc())))
        self._pending.write()
        self._keeper.step()
        return found

    def _look_at_evidence(self) -> None:
        """Keep what was found about events; one that goes on is updated by it."""
        while (found := self._evidence.take()) is not None:
            for sentence in evidence_sentences(found):
                self._report(f"{found.case.change.machine}: {sentence}")
            clips = [] if found.clip is None else [found.clip]
            explanations = [] if found.explanation is None else [found.explanation]
            self._keep(Findings(clips=clips, explanations=explanations))
            self._pending.write(is_forced=True)  # before messages about it are worded
            event = found.case.change.event
            updates = [update for one in self._watched if (update := one.gathering.update(event)) is not None]
            self._keep(Findings(updates))

    def _look_at_lives(self) -> None:
        """Follow the steps of machines that people took, and those that follow by themselves, every few seconds."""
        if self._clock.monotonic() - self._looked_at < _LOOK_S:
            return
        self._looked_at = self._clock.monotonic()
        try:
            new = self._store.life.steps(after=self._steps_known)
            self._advisory.take_acts(self._store.life.acts(after=self._advisory.acts_known))
        except OffkeyError:  # a database that is locked; the steps are still there next time
            return
        self._steps_known = max((row["seq"] for row in new), default=self._steps_known)
        by_people = {row["machine"] for row in new if row["by"] != OURSELVES}
        for one in self._watched:
            if self._has_learnt(one) or one.name in by_people:
                self._renew(one)

    def _has_learnt(self, one: Watched) -> bool:
        """Let a machine that learns have its model, and keep the step into its shadow; say so where it fails."""
        try:
            learnt = one.look_at_learning()
        except OffkeyError as error:
            self._report(f"{one.name}: {error} Learning goes on.")
            return False
        self._keep(learnt)
        return bool(learnt)

    def _renew(self, one: Watched) -> None:
        """Make a machine anew from what is kept of it; it stays as it is where that cannot be done."""
        self._keep(one.settle(), is_cut_off=True)
        self._pending.write(is_forced=True)
        try:
            self._keep(one.renew())
        except OffkeyError as error:
            self._report(f"{one.name}: nothing is changed: {error}")
        else:
            self._report(f"{one.name}: {one.stage()}")

    def _keep(self, findings: Findings, *, is_cut_off: bool = False) -> None:
        """Report what is new, and keep it with what is pending and the messages that follow from it.

        `is_cut_off`: whether events end because nobody listens any more.
        """
        for change in findings.changes:
            if change.kind != "update":
                self._report(_sentence(change))
        for new in findings.states:
            self._report(f"{new.machine}: source {new.state}{new.reason and ': '}{new.reason}")
        for step in findings.steps:
            self._report(f"{step.machine}: {step.step}; {step.comment}")
        findings.messages += self._advisory.take(
            findings.changes, findings.states, self._clock.utc(), is_cut_off=is_cut_off
        )
        self._pending.add(findings)

    def _stop(self) -> None:
        for one in self._watched:
            self._keep(one.look_at_source())
            one.feed.stop()
        for one in self._watched:
            self._keep(one.stop(), is_cut_off=True)
        self._evidence.stop()
        self._look_at_evidence()
        self._pending.write(is_last=True)

    def _take_up_left_open(self) -> None:
        """Go on with the events that a monitor before this one left open; end those that nobody can go on with."""
        machines = {one.name: one for one in self._watched}
        ended = []
        for row in self._store.events(limit=10_000):
            left = Change.of(row)
            if left.kind == "end" or (left.machine in machines and machines[left.machine].resume(left)):
                continue
            ended.append(replace(left, kind="end", ended=left.at))
        if ended:
            messages = self._advisory.take(ended, [], self._clock.utc(), is_cut_off=True)
            self._store.write(Findings(ended, messages=messages))


def _sentence(change: Change) -> str:
    """Say what happened to a machine."""
    at = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(change.began if change.ended is None else change.ended))
    what = "a break or a burst" if change.path == "fast" else "a lasting change"
    if change.ended is None:
        return f"{change.machine}: {change.level}, {what} since {at}"
    return f"{change.machine}: the event is over since {at} (highest level: {change.level})"
