"""Scored windows to events of a machine, by the rule that its shadow chose."""

from __future__ import annotations

import math
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self

from offkey.decision.events import LEVELS, Blocks, Excursion, Level, Rule, block_means, level_of
from offkey.watch.scored_window import ScoredWindow

__all__ = ["Change", "MachineEvents"]

_UPDATE_S = 60.0  # an event that grows worse without a higher level is reported again after so long
_KEPT = 4096  # windows whose times are kept, to say when an event began


@dataclass(frozen=True)
class Change:
    """Something new about an event: it begins, grows worse, or ends.

    Parameters
    ----------
    event : str
        Identity of the event, the same in all its changes.
    machine : str
        Name of the machine; that of the area for an event of scope ``"common"``.
    kind : {"new", "update", "end"}
        What happened.
    path : {"fast", "slow"}
        By which path it was found first: breaks and bursts, or wear.
    at : float
        When this was known, in seconds since 1970 UTC, by the time of the sound.
    began : float
        When the event began.
    ended : float, optional
        When it ended.
    peak : float
        The highest value so far: of the smoothed surprise on the fast path, of the mean of a block on the slow one.
    model : str
        By which model and hop it was found.
    level : {"watch", "warning", "alarm"}
        The highest level so far, as of `level_of`.
    state : str, optional
        The operating state in which it began; None where none are known.
    scope : {"machine", "common"}
        Whether it is of one machine, or of the surroundings of an area.
    area : str, optional
        The area of an event of scope ``"common"``, and of each event of a machine that belongs to one.
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
    level: Level = "warning"
    state: str | None = None
    scope: Literal["machine", "common"] = "machine"
    area: str | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Return a change as the store gives it.

        Parameters
        ----------
        row : mapping
            Its fields, besides others such as `seq`.

        Returns
        -------
        Change
        """
        return cls(**{one.name: row[one.name] for one in fields(cls)})


class MachineEvents:
    """The events of one machine, window by window: one goes on as long as either path is in one.

    Parameters
    ----------
    machine, model : str
        As in `Change`.
    rule : Rule
        When events begin and end.
    blocks : Blocks
        The normal blocks of the shadow.

    Attributes
    ----------
    event : Change, optional
        The newest change of the event that goes on; None without one.
    blocks : int
        Blocks of the slow path so far.
    newest_mean : float
        Mean of the newest of them; NaN where it is not judged.
    """

    def __init__(self, machine: str, model: str, rule: Rule, blocks: Blocks) -> None:
        self._machine, self._model, self._rule, self._normal = machine, model, rule, blocks
        self._fast, self._slow = rule.fast_path(), rule.slow_path()
        self._starts = deque[float](maxlen=_KEPT)
        self._number = -1
        self._block: list[float] = []
        self._mean_start = self._block_start = 0.0  # of the newest block, and of the one that is gathered
        self._last, self._last_s = -1, 0.0  # the newest window of the event, and when that ended
        self.event: Change | None = None
        self.blocks, self.newest_mean = 0, math.nan  # blocks so far, and the mean of the newest

    @property
    def level(self) -> Level:
        """The level of the machine: that of the event that goes on."""
        return "normal" if self.event is None else self.event.level

    def resume(self, event: Change) -> None:
        """Go on with an event that was left open, before the first window.

        Where its sound is usual again, it ends with the first block, at the time that was known last.

        Parameters
        ----------
        event : Change
            Its newest change.
        """
        self.event, self._last, self._last_s = event, 0, event.at
        if event.path == "slow":
            self._slow.resume()

    def feed(self, window: ScoredWindow) -> list[Change]:
        """Take the next window.

        Parameters
        ----------
        window : ScoredWindow
            One without a surprise counts as time that passed, and neither as normal nor as unusual.

        Returns
        -------
        list of Change
            What is new with it: none or one.
        """
        self._number += 1
        self._starts.append(window.start)
        for _ in self._fast.feed([window.surprise]):
            pass  # an event of the fast path that is over ends here once its block is judged
        self._feed_block(window)
        fast = self._fast.event
        if fast is not None and fast.last == self._number:
            self._last, self._last_s = self._number, window.end
        if fast is None and not self._slow.alarmed:
            is_judged = (self._number + 1) // self._rule.block > self._last // self._rule.block
            return self._end(window.end, self._last_s) if is_judged else []
        return self._going_on(window)

    def stop(self, at: float) -> list[Change]:
        """End the event that goes on, since nobody will listen any more.

        Parameters
        ----------
        at : float
            When, in seconds since 1970 UTC.

        Returns
        -------
        list of Change
        """
        return self._end(at, at)

    def _feed_block(self, window: ScoredWindow) -> None:
        """Give the slow path the block that is whole with a window."""
        if not self._block:
            self._block_start = window.start
        self._block.append(window.surprise)
        if len(self._block) < self._rule.block:
            return
        mean = float(block_means(self._block, self._rule.block)[0])
        self.blocks, self.newest_mean, self._mean_start = self.blocks + 1, mean, self._block_start
        self._block = []
        self._slow.feed(float(self._normal.p_values([mean])[0]))
        if self._slow.alarmed and not self._slow.is_usual:
            self._last, self._last_s = self._number, window.end

    def _going_on(self, window: ScoredWindow) -> list[Change]:
        """Begin an event, or report that it grew worse: at once on a higher level, else after a while."""
        fast, is_slow = self._fast.event, self._slow.alarmed
        peak = -math.inf if fast is None else float(fast.peak)
        level = level_of(self._rule, peak, self._slow.strength if is_slow else 0.0)
        highest = max(peak, self.newest_mean) if is_slow and math.isfinite(self.newest_mean) else peak
        known = self.event
        if known is None:
            self.event = self._begin(window, fast, highest, level)
            return [self.event]
        level, highest = max(level, known.level, key=LEVELS.index), max(highest, known.peak)
        if level == known.level and (highest == known.peak or window.end - known.at < _UPDATE_S):
            return []
        self.event = replace(known, kind="update", at=window.end, peak=highest, level=level)
        return [self.event]

    def _begin(self, window: ScoredWindow, fast: Excursion | None, peak: float, level: Level) -> Change:
        if fast is None:
            path: Literal["fast", "slow"] = "slow"
            began = self._mean_start
        else:
            path, began = "fast", self._starts[max(0, len(self._starts) - 1 - (self._number - fast.first))]
        event, at = uuid.uuid4().hex, window.end
        return Change(event, self._machine, "new", path, at, began, None, peak, self._model, level, window.state)

    def _end(self, at: float, ended: float) -> list[Change]:
        known, self.event = self.event, None
        return [] if known is None else [replace(known, kind="end", at=at, ended=ended)]
