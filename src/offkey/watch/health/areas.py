"""Events that the machines of an area have in common, and slow shifts of their surroundings."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from offkey.decision.events import LEVELS, background, moved_together
from offkey.watch.health.events import Change

__all__ = ["Areas"]


@dataclass
class _Area:
    """An area, and what goes on in it.

    `began`: when the newest event of each machine became known.
    `own`: the newest change of each event of a machine that goes on.
    `common`: the newest change of the event of the surroundings; None without one.
    `parts`: events of machines that belong to it.
    """

    began: dict[str, float] = field(default_factory=dict)
    own: dict[str, Change] = field(default_factory=dict)
    common: Change | None = None
    parts: set[str] = field(default_factory=set)
    is_noted: bool = False


class Areas:
    """Adds an event of the surroundings where half of the machines of an area have one within ten minutes.

    Events of machines belong to it from then on, and say so by their `area`. It goes on as long as one of them does, at
    the highest level of them.

    Parameters
    ----------
    area_of : mapping of str to str
        The area of each machine that has one.
    """

    def __init__(self, area_of: Mapping[str, str]) -> None:
        self.area_of = dict(area_of)
        self._areas = {area: _Area() for area in area_of.values()}

    def feed(self, changes: Sequence[Change], judged: Mapping[str, bool]) -> list[Change]:
        """Take what is new about events of machines.

        Parameters
        ----------
        changes : sequence of Change
            In the order of time.
        judged : mapping of str to bool
            Whether each machine is judged now: armed, and neither off nor in an unknown state.

        Returns
        -------
        list of Change
            The same, with what is new about events of the surroundings before them.
        """
        found = []
        for change in changes:
            name = self.area_of.get(change.machine)
            if name is None or change.scope == "common":
                found.append(change)
            else:
                machines = sum(judged.get(machine, False) for machine, area in self.area_of.items() if area == name)
                found += self._take(name, self._areas[name], change, machines)
        return found

    def stop(self, at: float) -> list[Change]:
        """End the events of the surroundings, since nobody looks at them any more.

        Parameters
        ----------
        at : float
            When, in seconds since 1970 UTC.

        Returns
        -------
        list of Change
        """
        ended = [area.common for area in self._areas.values() if area.common is not None]
        self._areas = {name: _Area() for name in self._areas}
        return [replace(common, kind="end", at=at, ended=at) for common in ended]

    def slow_shifts(self, shifts: Mapping[str, float]) -> list[tuple[str, str]]:
        """Return new slow shifts of the surroundings of areas.

        Parameters
        ----------
        shifts : mapping of str to float
            `HealthIndex.shift` of each machine for which it is known.

        Returns
        -------
        list of (str, str)
            Area and sentence, once for as long as the shift lasts.
        """
        notes = []
        for name, area in self._areas.items():
            own = {machine: shift for machine, shift in shifts.items() if self.area_of.get(machine) == name}
            found = background(own)
            if found.moved and not area.is_noted:
                notes.append((name, _sentence(found.moved, len(own), sorted(found.alone))))
            area.is_noted = bool(found.moved)
        return notes

    def _take(self, name: str, area: _Area, change: Change, machines: int) -> list[Change]:
        if change.kind == "new":
            area.began[change.machine] = change.at
        area.own[change.event] = change
        found = self._open(name, area, change, machines) if area.common is None else []
        if area.common is not None and change.kind == "new":
            area.parts.add(change.event)
        is_part = change.event in area.parts
        if change.kind == "end":
            del area.own[change.event]
            area.parts.discard(change.event)
        if is_part and area.common is not None and not found:
            found = self._follow(area, area.common, change)
        return [*found, replace(change, area=name) if is_part else change]

    def _open(self, name: str, area: _Area, change: Change, machines: int) -> list[Change]:
        """Begin an event of the surroundings where enough machines moved; mark the events that belong to it."""
        moved = moved_together(area.began, change.at, machines) if change.kind == "new" else []
        if not moved:
            return []
        parts = [one for one in area.own.values() if one.machine in moved]
        area.parts = {one.event for one in parts}
        began, peak = min(one.began for one in parts), max(one.peak for one in parts)
        level = max((one.level for one in parts), key=LEVELS.index)
        event, at = uuid.uuid4().hex, change.at
        area.common = Change(
            event, name, "new", change.path, at, began, None, peak, "", level, scope="common", area=name
        )
        earlier = [replace(one, kind="update", at=at, area=name) for one in parts if one.event != change.event]
        return [area.common, *earlier]

    @staticmethod
    def _follow(area: _Area, common: Change, change: Change) -> list[Change]:
        """End the event of the surroundings with the last of its parts, and raise its level with theirs."""
        if not area.parts:
            area.common = None
            return [replace(common, kind="end", at=change.at, ended=change.ended)]
        level = max(common.level, change.level, key=LEVELS.index)
        if level == common.level:
            return []
        area.common = replace(common, kind="update", at=change.at, level=level, peak=max(common.peak, change.peak))
        return [area.common]


def _sentence(moved: Sequence[str], machines: int, alone: Sequence[str]) -> str:
    """Suggest what to do about a shift of the surroundings."""
    text = (
        f"The surroundings have changed slowly: {len(moved)} of {machines} machines ({', '.join(moved)}) have sounded "
        "less usual over the last day than 95 % of their shadow. Look for what has changed, then learn again."
    )
    return text + (f" Beside that, {', '.join(alone)} changed by itself." if alone else "")
