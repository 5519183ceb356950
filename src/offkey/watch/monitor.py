"""The monitor: sources in their threads, and one thread that scores and keeps what it finds."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any, TypeAlias

from offkey.errors import OffkeyError
from offkey.model import Model
from offkey.watch.acquisition.tap import Tap
from offkey.watch.advisory.words import evidence_sentences
from offkey.watch.clock import REAL, Clock
from offkey.watch.edit.differences import differences
from offkey.watch.evidence.clips import CLIPS
from offkey.watch.evidence.worker import EvidenceWorker
from offkey.watch.findings import Findings
from offkey.watch.machine import WatchedMachine
from offkey.watch.machines import Machines
from offkey.watch.preparation import Preparation
from offkey.watch.recorder import Recorder
from offkey.watch.settings import MachineSettings, PlantSettings
from offkey.watch.store.keeper import Keeper
from offkey.watch.store.store import Store
from offkey.watch.watched import Watched, preparing

__all__ = ["Monitor", "Taken"]

_ROUND_S = 0.5  # that it waits at most for sound before it looks after all else
_STUCK_S = 30.0  # without a round, after which nothing is scored any more

Taken: TypeAlias = Callable[[OffkeyError | None], None]
"""Called once settings are taken up, or with what is wrong with them."""


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
    preparation : Preparation, optional
        Makes the machines of a new plant ready while it runs; by default all are loaded at once.

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
        preparation: Preparation | None = None,
    ) -> None:
        self._preparation = preparation
        self.settings, self._folder, self._store = settings, folder, store
        self._report, self._clock = report, clock
        self._wanted = deque[tuple[Callable[[], PlantSettings], Taken]]()
        self._arrived, self._last_round_s = Event(), -math.inf
        self._recorder = Recorder(settings, store, report, clock)
        self._keeper = self._made_keeper(settings)
        self._evidence = EvidenceWorker(
            settings.clips, folder, self._arrived, lambda: self._keeper.may_write_clip(), clock
        )
        machines = [] if preparation else settings.machine
        self._machines = Machines(machines, self._made, store, self._recorder, report, clock)

    def run(self, stopping: Event) -> None:
        """Listen until `stopping` is set, or all sources are over; then end what goes on, and keep what is left.

        A plant without machines is waited for: they are added while it runs.

        Parameters
        ----------
        stopping : Event
            Set by another thread or by a signal.
        """
        self._evidence.start()
        self._machines.start()
        if self._preparation is not None:
            self._preparation.start(stopping, self._arrived)
        try:
            while not stopping.is_set() and self._goes_on():
                self._last_round_s = self._clock.monotonic()
                self._reload()
                self._take_prepared()
                if not self._round(stopping):
                    self._clock.wait(self._arrived, _ROUND_S)
                    self._arrived.clear()
        finally:
            self._stop()

    def reload(self, read: Callable[[], PlantSettings], done: Taken = lambda _: None) -> None:
        """Take up changed settings soon; those that are wrong change nothing, and the reason is reported.

        Parameters
        ----------
        read : callable
            Returns the settings, or raises an `OffkeyError`.
        done : callable, optional
            Called when they are taken up, or with why they are not.
        """
        self._wanted.append((read, done))
        self._arrived.set()

    def is_scoring(self) -> bool:
        """Tell whether sound is being scored: whether `run` has come round within 30 s."""
        return self._clock.monotonic() - self._last_round_s < _STUCK_S

    def status(self) -> list[dict[str, Any]]:
        """Return how each machine is doing.

        Returns
        -------
        list of dict
            `machine`, `phase` ("preparing", "learning", "shadow", "armed" or "out of service"), `stage` (the same in
            words), `source` (its state), `reason`, `fresh`, `learning` (how far it is), `shadow_days`,
            `shadow_days_wanted`, `promise`, `event` (whether one goes on), `level` ("normal", "watch", "warning" or
            "alarm"), `index` (0 to 100), `state` (operating state), `score`, `p_value` and `window_end` of the newest
            window; None where its phase has no such thing.
        """
        coming = [] if self._preparation is None else [machine.name for machine in self.settings.machine]
        rows = {name: preparing(name) for name in coming} | {one.name: one.status() for one in self._machines}
        return list(rows.values())

    def model(self, machine: str) -> Model | None:
        """Return the model of a machine; None where it has none yet, or there is no such machine."""
        found = self._machines.named(machine)
        return found.machine.model if found is not None and isinstance(found.machine, WatchedMachine) else None

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
        if (found := self._machines.named(machine)) is not None:
            found.taps = (*found.taps, tap)
        return tap

    def leave(self, tap: Tap) -> None:
        """Let a tap get nothing any more."""
        for one in self._machines:
            one.taps = tuple(other for other in one.taps if other is not tap)

    def _goes_on(self) -> bool:
        """Tell whether there is, or will be, a source to listen to."""
        return self._is_preparing() or not self._machines.have_ended

    def _is_preparing(self) -> bool:
        return self._preparation is not None and not self._preparation.is_over

    def _take_prepared(self) -> None:
        """Listen to the machine that is ready next."""
        ready = None if self._preparation is None else self._preparation.take()
        if ready is None:
            return
        self._recorder.keep(ready.findings)
        self._machines.change([*(one.settings for one in self._machines), ready.machine])
        if (added := self._machines.named(ready.machine.name)) is not None:
            self._report(f"{added.name}: {added.stage()}")

    def _round(self, stopping: Event) -> bool:
        """Take one item of each source; return whether there was any."""
        found = False
        for one in self._machines:
            machine, phase = one.machine, one.machine.phase
            findings = None if stopping.is_set() else one.take()
            if findings is None:
                continue
            found = True
            self._recorder.keep(findings)
            if one.machine is machine and machine.phase != phase:
                self._report(f"{one.name}: {one.stage()}")
        for one in self._machines:
            self._recorder.keep(one.look_at_source())
        self._look_at_evidence()
        self._machines.follow()
        self._keeper.step()
        self._recorder.step(self._keeper.room)
        return found

    def _look_at_evidence(self) -> None:
        """Keep what was found about events; one that goes on is updated by it."""
        while (found := self._evidence.take()) is not None:
            for sentence in evidence_sentences(found):
                self._report(f"{found.case.change.machine}: {sentence}")
            clips = [] if found.clip is None else [found.clip]
            explanations = [] if found.explanation is None else [found.explanation]
            self._recorder.keep(Findings(clips=clips, explanations=explanations))
            self._recorder.pending.write(is_forced=True)  # before messages about it are worded
            event = found.case.change.event
            updates = [update for one in self._machines if (update := one.gathering.update(event)) is not None]
            self._recorder.keep(Findings(updates))

    def _reload(self) -> None:
        """Take up the settings that were asked for next."""
        if not self._wanted or self._is_preparing():
            return
        read, done = self._wanted.popleft()
        try:
            self._change(read())
        except OffkeyError as error:
            self._report(f"The settings stay as they were: {error}")
            done(error)
        else:
            done(None)

    def _change(self, wanted: PlantSettings) -> None:
        sentences = differences(self.settings, wanted)
        sentences += self._machines.change(wanted.machine)
        self._recorder.change(wanted)
        self.settings, self._keeper = wanted, self._made_keeper(wanted)
        self._report(f"The settings were read again: {'; '.join(sentences) or 'nothing is changed'}.")

    def _made(self, settings: MachineSettings) -> Watched:
        return Watched(settings, self._folder, self._store, self._arrived, self._evidence, self._clock)

    def _made_keeper(self, settings: PlantSettings) -> Keeper:
        return Keeper(self._store.database, settings.keep, self._folder / CLIPS, self._clock, self._report)

    def _stop(self) -> None:
        if self._preparation is not None:
            self._preparation.wait()
        self._machines.stop()
        self._evidence.stop()
        self._look_at_evidence()
        self._recorder.pending.write(is_last=True)
