"""The machines that a monitor listens to: as the file of the plant has them, and as people decide about their lives."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from offkey.errors import OffkeyError
from offkey.watch.clock import Clock
from offkey.watch.findings import Findings
from offkey.watch.health.areas import Areas
from offkey.watch.health.events import Change
from offkey.watch.life.phases import OURSELVES
from offkey.watch.make_machine import Made
from offkey.watch.recorder import Recorder
from offkey.watch.rows import StateChange
from offkey.watch.settings import MachineSettings
from offkey.watch.store.store import Store
from offkey.watch.watched import Watched

__all__ = ["Machines"]

_LOOK_S = 2.0  # after which it is looked again what people decided
_SURROUNDINGS_S = 600.0  # after which it is looked again whether the surroundings of areas have shifted


class Machines:
    """Machines that are added, removed and made anew without a gap for the others.

    Parameters
    ----------
    settings : sequence of MachineSettings
        The machines at the start.
    make : callable
        Settings to a machine that is not listened to yet.
    store : Store
        Where the steps of their lives are.
    recorder : Recorder
        Takes what is found.
    report : callable
        Called with each sentence that a person should read.
    clock : Clock
        By which it goes.
    """

    def __init__(
        self,
        settings: Sequence[MachineSettings],
        make: Callable[[MachineSettings], Watched],
        store: Store,
        recorder: Recorder,
        report: Callable[[str], None],
        clock: Clock,
    ) -> None:
        self._make, self._store, self._recorder, self._report, self._clock = make, store, recorder, report, clock
        self._steps_known, self._looked_at = max((row["seq"] for row in store.life.steps()), default=0), -math.inf
        self._areas, self._surroundings_at = Areas(_areas_of(settings)), -math.inf
        self._all = [make(one) for one in settings]
        recorder.relate = self._related
        self._take_up_left_open()

    def __iter__(self) -> Iterator[Watched]:
        return iter(self._all)

    def named(self, name: str) -> Watched | None:
        """Return the machine of a name, None where there is none."""
        return next((one for one in self._all if one.name == name), None)

    def start(self) -> None:
        """Begin to listen to all of them."""
        for one in self._all:
            self._report(f"{one.name}: {one.stage()}")
            one.feed.start()

    def stop(self) -> None:
        """Let go of all sources, and keep what is left."""
        for one in self._all:
            self._recorder.keep(one.look_at_source())
            one.feed.stop()
        for one in self._all:
            self._recorder.keep(one.stop(), is_cut_off=True)

    def follow(self) -> None:
        """Follow what people decided, and the models that were learnt, every few seconds."""
        if self._clock.monotonic() - self._looked_at < _LOOK_S:
            return
        self._looked_at = self._clock.monotonic()
        try:
            new = self._store.life.steps(after=self._steps_known)
            self._recorder.follow()
        except OffkeyError:  # a database that is locked; the steps are still there next time
            return
        self._steps_known = max((row["seq"] for row in new), default=self._steps_known)
        by_people = {row["machine"] for row in new if row["by"] != OURSELVES}
        for one in self._all:
            if self._has_learnt(one) or one.name in by_people:
                self._renew(one)
            self._recorder.set_out_of_service(one.name, is_out=not one.in_service)
        self._look_at_surroundings()

    @property
    def have_ended(self) -> bool:
        """Whether there are machines, and the sources of all of them are over for good."""
        return bool(self._all) and all(one.feed.has_ended for one in self._all)

    def change(self, wanted: Sequence[MachineSettings]) -> list[str]:
        """Let the machines be as other settings have them: added, removed, with another source, or changed in place.

        Those whose model file is another than they were made with are made anew, too.

        All that is new is made before anything is changed, so that a mistake changes nothing.

        Parameters
        ----------
        wanted : sequence of MachineSettings
            The machines as they are to be.

        Returns
        -------
        list of str
            Clauses about machines that are as they were but for their model file.

        Raises
        ------
        OffkeyError
            If a model cannot be loaded or a source is not as it must be; nothing is changed then.
        """
        self._settle(self._all)
        before = {one.name: one for one in self._all}
        notes = [f"{name}: another model file; its shadow begins anew" for name in self._with_other_models(wanted)]
        fresh, made = dict[str, Watched](), dict[str, Made]()
        for machine in wanted:
            known = before.get(machine.name)
            if known is None or known.settings.source != machine.source:
                fresh[machine.name] = self._make(machine)
            elif known.settings != machine or known.has_other_model:
                made[machine.name] = known.prepared(machine)
        gone = [one for one in self._all if one.name not in {machine.name for machine in wanted}]
        for one in (*gone, *(before[name] for name in fresh if name in before)):
            self._recorder.keep(one.end(), is_cut_off=True)
        self._recorder.pending.write(is_forced=True)
        for machine in wanted:
            if machine.name in fresh and machine.name in before:
                fresh[machine.name] = self._make(machine)  # once more, with all that was scored and taken until now
            if machine.name in fresh:
                fresh[machine.name].take_over(before.get(machine.name))
            elif machine.name in made:
                self._recorder.keep(before[machine.name].renew(machine, made[machine.name]), is_cut_off=True)
        self._all = [fresh.get(machine.name) or before[machine.name] for machine in wanted]
        if (areas := _areas_of(wanted)) != self._areas.area_of:
            self._recorder.keep(Findings(self._areas.stop(self._clock.utc())), is_cut_off=True)
            self._areas = Areas(areas)
        return notes

    def _with_other_models(self, wanted: Sequence[MachineSettings]) -> list[str]:
        """Return the names of machines that are to be as they are, but for a model file that was replaced."""
        return [one.name for one in self._all if one.has_other_model and one.settings in wanted]

    def _related(self, changes: list[Change]) -> list[Change]:
        """Return changes with what is new about the surroundings of their machines."""
        return self._areas.feed(changes, {one.name: one.is_judged for one in self._all}) if changes else changes

    def _look_at_surroundings(self) -> None:
        """Note where the surroundings of an area have shifted slowly."""
        if self._clock.monotonic() - self._surroundings_at < _SURROUNDINGS_S:
            return
        self._surroundings_at, now = self._clock.monotonic(), self._clock.utc()
        shifts = {one.name: one.shift for one in self._all if one.shift is not None}
        notes = [StateChange(area, now, "note", sentence) for area, sentence in self._areas.slow_shifts(shifts)]
        self._recorder.keep(Findings(states=notes))

    def _has_learnt(self, one: Watched) -> bool:
        """Let a machine that learns have its model, and keep the step into its shadow; say so where it fails."""
        try:
            learnt = one.look_at_learning()
        except OffkeyError as error:
            self._report(f"{one.name}: {error} Learning goes on.")
            return False
        self._recorder.keep(learnt)
        return bool(learnt)

    def _renew(self, one: Watched) -> None:
        """Make a machine anew from what is kept of it; it stays as it is where that cannot be done."""
        self._settle([one])
        try:
            self._recorder.keep(one.renew(one.settings, one.prepared(one.settings)), is_cut_off=True)
        except OffkeyError as error:
            self._report(f"{one.name}: nothing is changed: {error}")
        else:
            self._report(f"{one.name}: {one.stage()}")

    def _settle(self, some: Sequence[Watched]) -> None:
        """Write all that was scored, so that a shadow can be read whole."""
        for one in some:
            self._recorder.keep(one.settle())
        self._recorder.pending.write(is_forced=True)

    def _take_up_left_open(self) -> None:
        """Go on with the events that a monitor before this one left open; end those that nobody can go on with."""
        ended = []
        for row in self._store.events(limit=10_000):
            left = Change.of(row)
            machine = None if left.kind == "end" else self.named(left.machine)
            if left.kind == "end" or (machine is not None and machine.resume(left)):
                continue
            ended.append(replace(left, kind="end", ended=left.at))
        self._recorder.keep(Findings(ended), is_cut_off=True)
        self._recorder.pending.write(is_forced=True)


def _areas_of(settings: Sequence[MachineSettings]) -> dict[str, str]:
    """Return the area of each machine that has one."""
    return {one.name: one.area for one in settings if one.area is not None}
