"""A machine and its source: one item at a time from the one to the other, and how both are doing."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from offkey.watch.acquisition.feed import Feed
from offkey.watch.acquisition.make import make_source
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.tap import Tap
from offkey.watch.clock import Clock
from offkey.watch.evidence.worker import EvidenceWorker
from offkey.watch.findings import Findings
from offkey.watch.hand_over import HandOver
from offkey.watch.health.events import Change
from offkey.watch.life.background_fit import install
from offkey.watch.life.learning import Learning
from offkey.watch.life.phases import OURSELVES
from offkey.watch.machine import WatchedMachine
from offkey.watch.machine_model import model_digest
from offkey.watch.make_machine import Made, Stage, make_machine
from offkey.watch.rows import LifeStep, StateChange
from offkey.watch.settings import MachineSettings
from offkey.watch.store.store import Store

__all__ = ["Watched", "preparing"]

_WITHOUT: dict[str, Any] = {
    "shadow_days": None,
    "shadow_days_wanted": None,
    "promise": None,
    "event": False,
    "level": None,
    "index": None,
    "state": None,
    "score": None,
    "p_value": None,
    "window_end": None,
    "learning": None,
}
"""Values that a machine lacks in some phase."""


def preparing(name: str) -> dict[str, Any]:
    """Return the status of a machine that is not loaded yet."""
    state = {"phase": "preparing", "source": "waiting", "reason": "its model is being made", "fresh": False}
    return {"machine": name, **state, "stage": "its model is being made", **_WITHOUT}


class Watched:
    """A machine that is listened to.

    `folder`: where relative paths start.
    `store`: holds its life, its shadow, and what was taken of its source.
    `arrived`: set whenever its source has something.
    `evidence`: takes the sound of its events.
    `clock`: by which it goes.
    """

    def __init__(
        self,
        settings: MachineSettings,
        folder: Path,
        store: Store,
        arrived: Event,
        evidence: EvidenceWorker,
        clock: Clock,
    ) -> None:
        self.settings, self._folder, self._store, self._clock = settings, folder, store, clock
        self._line = HandOver(make_machine(settings, folder, store, clock.utc()))
        source = make_source(settings, folder, self._line.made.rate, partial(store.taken, settings.name))
        self.feed = Feed(source, arrived, clock)
        self.feed.channels = self._line.made.channels
        self.gathering = evidence.gathering()
        self._pause_s = source.stalled_after_s if source.waits else 0.0
        self.taps: tuple[Tap, ...] = ()
        """Those who listen in, each of whom gets all that is taken of the source."""
        self._state_told = ("waiting", False)  # and whether with a reason
        self._last_s = -math.inf  # when the newest window came, on a clock that only goes forward

    @property
    def name(self) -> str:
        """The name of the machine."""
        return self.settings.name

    @property
    def machine(self) -> Stage:
        """The machine as it takes sound now."""
        return self._line.made.machine

    @property
    def in_service(self) -> bool:
        """Whether it is listened to, which a person may have ended."""
        return self._line.made.in_service

    @property
    def slack_s(self) -> float:
        """Seconds after which a window should have come, with what the source may pause."""
        return self._line.made.slack_s + self._pause_s

    @property
    def is_judged(self) -> bool:
        """Whether the machine is armed, and its newest window can be unusual."""
        made = self._line.made
        return made.in_service and isinstance(made.machine, WatchedMachine) and made.machine.is_judged

    @property
    def shift(self) -> float | None:
        """As of `HealthIndex.shift`; None where it is not known."""
        return self.machine.shift if self.is_judged and isinstance(self.machine, WatchedMachine) else None

    def stage(self) -> str:
        """Say in words where it is in its life, or will be with its next window."""
        coming = self._line.coming
        return coming.machine.stage() if coming.in_service else "out of service; it is not listened to"

    def take(self) -> Findings | None:
        """Take one item of the source, and return what it brought; None where none is there."""
        item = self.feed.take()
        if item is None:
            return None
        for tap in self.taps:
            tap.put(item)
        before = self.machine.last_end
        self.gathering.feed(item)
        findings = self._line.feed(item, self._clock.utc())
        if isinstance(item, Correction):
            findings.states.append(self._state(item.kind, item.sentence))
        if self.machine.last_end != before:
            self._last_s = self._clock.monotonic()
            if isinstance(self.machine, WatchedMachine):
                self.gathering.take(self.machine.new_windows, self.machine.model)
        return self._gathered(findings)

    def look_at_source(self) -> Findings:
        """Return a new state of the source once; the reasons of further tries stand in the status."""
        state, reason = self.feed.state()
        if (state, bool(reason)) == self._state_told:
            return Findings()
        self._state_told = state, bool(reason)
        return Findings(states=[self._state(state, reason)])

    @property
    def has_other_model(self) -> bool:
        """Whether another model file was put in the place of the one that it was made with."""
        digest = model_digest(self.settings, self._folder)
        return digest is not None and digest != self._line.coming.digest

    def look_at_learning(self) -> Findings:
        """Let a model be fitted once enough was learnt; return the step into the shadow once it is in its place.

        Raises
        ------
        OffkeyError
            If the fit failed, or the model cannot be put there.
        """
        now, machine = self._clock.utc(), self.machine
        outcome = machine.fitted() if isinstance(machine, Learning) else None
        if outcome is None or not isinstance(machine, Learning):
            return Findings()
        kept = install(machine.new_model, self._folder / self.settings.model, now)
        details = {
            **outcome.report,
            "not_used": dict(machine.collected.left_out),
            "kept": None if kept is None else str(kept),
        }
        return Findings(steps=[LifeStep(self.name, now, "shadow", OURSELVES, outcome.sentence(), details)])

    def prepared(self, settings: MachineSettings) -> Made:
        """Make the machine anew, after a step of its life or with other settings, once all that it scored is kept.

        `settings`: with the same source.
        """
        return make_machine(settings, self._folder, self._store, self._clock.utc())

    def renew(self, settings: MachineSettings, made: Made) -> Findings:
        """Let the machine be as it was prepared; as it was it goes on until the new one has its first window.

        Returns: what is left of the machine as it was, where it goes at once.
        """
        self.settings, self.feed.channels = settings, made.channels
        return self._gathered(self._line.to(made, self._clock.utc()))

    def settle(self) -> Findings:
        """Return what is scored and not kept yet."""
        return self.machine.settle()

    def resume(self, event: Change) -> bool:
        """As `WatchedMachine.resume`; a machine that learns or is out of service goes on with none."""
        made = self._line.made
        return made.in_service and isinstance(made.machine, WatchedMachine) and made.machine.resume(event)

    def take_over(self, before: Watched | None) -> None:
        """Begin to listen, for those who listened in on the same machine with another source, too."""
        self.taps = () if before is None else before.taps
        self.feed.start()

    def end(self) -> Findings:
        """Let go of the source, and return what it had given, and what is left to be kept."""
        self.feed.stop()
        findings = self.look_at_source()
        while (found := self.take()) is not None:
            findings += found
        findings += self.stop()
        return findings

    def stop(self) -> Findings:
        """Return what is left to be kept when nobody listens any more."""
        return self._gathered(self._line.stop(self._clock.utc()))

    def status(self) -> dict[str, Any]:
        """Return how it is doing, as `Monitor.status` describes it."""
        made, (state, reason) = self._line.made, self.feed.state()
        return {
            "machine": self.name,
            "phase": made.machine.phase if made.in_service else "out of service",
            "source": state,
            "reason": reason or made.machine.problem,
            "fresh": not made.in_service or self._clock.monotonic() - self._last_s <= self.slack_s,
            "stage": self.stage(),
            **_WITHOUT,
            **made.machine.status(),
        }

    def _gathered(self, findings: Findings) -> Findings:
        """Let the evidence follow what is new about events."""
        self.gathering.follow(findings.changes)
        return findings

    def _state(self, state: str, reason: str) -> StateChange:
        return StateChange(self.name, self._clock.utc(), state, reason)
