"""Scored windows to events of a machine, by the rule that its shadow chose."""

from __future__ import annotations

import math
import uuid
from collections import deque
from dataclasses import dataclass, replace
from typing import Literal

from offkey.decision.events import Blocks, Rule, block_means
from offkey.watch.features import ScoredWindow

__all__ = ["Change", "MachineEvents"]

_UPDATE_S = 60.0  # an event that grows worse is reported again after so long
_KEPT = 4096  # windows whose times are kept, to say when an event began


@dataclass(frozen=True)
class Change:
    """Something new about an event: it begins, grows worse, or ends.

    Parameters
    ----------
    event : str
        Identity of the event, the same in all its changes.
    machine : str
        Name of the machine.
    kind : {"new", "update", "end"}
        What happened.
    path : {"fast", "slow"}
        By which path it was found: breaks and bursts, or wear.
    at : float
        When this was known, in seconds since 1970 UTC, by the time of the sound.
    began : float
        When the event began.
    ended : float, optional
        When it ended.
    peak : float
        The highest level so far: the smoothed surprise of the fast path, the mean of a block of the slow one.
    model : str
        By which model and hop it was found.
    """

    event: str
    machine: str
    kind: Literal["new", "update", "end"]
    path: Literal["fast", "slow"]
    at: float
    began: float
    ended: float | None
    peak: float
    model: str


class MachineEvents:
    """The events of one machine, window by window, on both paths.

    Parameters
    ----------
    machine, model : str
        As in `Change`.
    rule : Rule
        When events begin and end.
    blocks : Blocks
        The normal blocks of the shadow.
    """

    def __init__(self, machine: str, model: str, rule: Rule, blocks: Blocks) -> None:
        self._machine, self._model, self._rule, self._normal = machine, model, rule, blocks
        self._fast, self._slow = rule.fast_path(), rule.slow_path()
        self._starts = deque[float](maxlen=_KEPT)
        self._number = -1
        self._last_above = 0.0
        self._block: list[float] = []
        self._block_start = 0.0
        self._open: dict[str, Change] = {}

    @property
    def open(self) -> list[Change]:
        """The newest change of each event that goes on."""
        return list(self._open.values())

    def feed(self, window: ScoredWindow) -> list[Change]:
        """Take the next window.

        Parameters
        ----------
        window : ScoredWindow
            One without a score counts as time that passed, and neither as normal nor as unusual.

        Returns
        -------
        list of Change
            What is new with it.
        """
        return [*self._fast_changes(window), *self._slow_changes(window)]

    def stop(self, at: float) -> list[Change]:
        """End the events that go on, since nobody will listen any more.

        Parameters
        ----------
        at : float
            When, in seconds since 1970 UTC.

        Returns
        -------
        list of Change
        """
        return [self._end(path, at, at) for path in list(self._open)]

    def _fast_changes(self, window: ScoredWindow) -> list[Change]:
        self._number += 1
        self._starts.append(window.start)
        changes = [self._end("fast", window.end, self._last_above) for _ in self._fast.feed([window.surprise])]
        event = self._fast.event
        if event is None:
            return changes
        if event.last == self._number:
            self._last_above = window.end
        known = self._open.get("fast")
        if known is None:
            began = self._starts[max(0, len(self._starts) - 1 - (self._number - event.first))]
            changes.append(self._begin("fast", window.end, began, float(event.peak)))
        elif event.peak > known.peak and window.end - known.at >= _UPDATE_S:
            self._open["fast"] = replace(known, kind="update", at=window.end, peak=float(event.peak))
            changes.append(self._open["fast"])
        return changes

    def _slow_changes(self, window: ScoredWindow) -> list[Change]:
        if not self._block:
            self._block_start = window.start
        self._block.append(window.surprise)
        if len(self._block) < self._rule.block:
            return []
        mean = float(block_means(self._block, self._rule.block)[0])
        self._block = []
        before = self._slow.alarmed
        self._slow.feed(float(self._normal.p_values([mean])[0]) if math.isfinite(mean) else math.nan)
        if self._slow.alarmed == before:
            return []
        if before:
            return [self._end("slow", window.end, window.end)]
        return [self._begin("slow", window.end, self._block_start, mean)]

    def _begin(self, path: Literal["fast", "slow"], at: float, began: float, peak: float) -> Change:
        event = uuid.uuid4().hex
        self._open[path] = Change(event, self._machine, "new", path, at, began, None, peak, self._model)
        return self._open[path]

    def _end(self, path: str, at: float, ended: float) -> Change:
        return replace(self._open.pop(path), kind="end", at=at, ended=ended)
