"""The evidence of the events of a machine: which sound of it belongs to which event, and when it is whole."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

from offkey.model import Model
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.source import Item
from offkey.watch.evidence.ring import Cut, SoundRing
from offkey.watch.evidence.settings import ClipSettings
from offkey.watch.health.events import Change
from offkey.watch.scored_window import ScoredWindow

__all__ = ["Case", "Gathering"]

_BLOCK_S = 10.0  # of sound that a source gives at a time at most, so that windows may be so much late


@dataclass(frozen=True)
class Case:
    """The evidence of an event as far as it is there.

    `change`: the newest change of the event.
    `clip`: the sound from before to after; None where it was not to be had.
    `window`: the sound of the most anomalous window; None where it was not to be had.
    """

    change: Change
    clip: Cut | None
    window: Cut | None
    model: Model


@dataclass
class _Open:
    """An event that goes on, and its sound from `start` to `until` as far as it came."""

    change: Change
    start: float
    until: float
    best: ScoredWindow
    window: Cut | None
    clip: Cut | None = None
    is_whole: bool = False


class Gathering:
    """Holds the newest sound of a machine, and cuts out of it what belongs to an event.

    The clip of a break or a burst goes from before its begin to after its end; that of a lasting change, which no
    moment stands for, has the most anomalous of the newest windows in its middle. Each is given as far as it is there
    when the event begins, again when it has its greatest length, and once more where the event ends before.

    `model`: of the machine.
    """

    def __init__(self, settings: ClipSettings, model: Model) -> None:
        self._settings, self._model = settings, model
        self._ring = SoundRing(settings.longest_s + model.windowing.window_s + _BLOCK_S)
        self._recent = deque[ScoredWindow]()
        self._open: dict[str, _Open] = {}

    def feed(self, item: Item) -> None:
        """Take what came of the source next, before its windows."""
        self._ring.feed(item)
        if isinstance(item, Correction):
            self._move(item.seconds)

    def take(self, window: ScoredWindow, changes: list[Change]) -> list[Case]:
        """Take a window and what it changed; return what is to be written and explained."""
        self._remember(window)
        cases = self.end(changes)
        for one in self._open.values():
            self._consider(one, window)
            if window.end >= one.until and not one.is_whole:
                cases.append(self._case(one, window.end))
        for change in changes:
            if change.kind == "new" and change.ended is None:
                self._open[change.event] = self._begin(change)
                cases.append(self._case(self._open[change.event], window.end))
        return cases

    def end(self, changes: list[Change]) -> list[Case]:
        """Take changes; return the evidence of events that are over with them."""
        cases = []
        for change in changes:
            one = self._open.get(change.event)
            if one is None:
                continue
            one.change = change
            if change.ended is not None:
                del self._open[change.event]
                cases += self._ended(one, change.ended)
        return cases

    def newest(self, event: str) -> Change | None:
        """Return the newest change of an event that goes on; None where it does not."""
        one = self._open.get(event)
        return None if one is None else one.change

    def _begin(self, change: Change) -> _Open:
        """Open an event: choose its stretch, and its most anomalous window so far."""
        clips, newest = self._settings, self._recent[-1].end
        windows = [one for one in self._recent if change.path == "slow" or one.end > change.began]
        best = max(windows or self._recent, key=_rank)
        if change.path == "slow":
            start, until = best.start - clips.before_s, best.end + clips.after_s
        else:
            start = max(change.began - clips.before_s, newest + clips.after_s - clips.longest_s)
            until = start + clips.longest_s
        return _Open(change, start, min(until, start + clips.longest_s), best, self._ring.cut(best.start, best.end))

    def _consider(self, one: _Open, window: ScoredWindow) -> None:
        """Take a window of an event that is more anomalous than those before; of a lasting change one is chosen."""
        if not one.is_whole and one.change.path != "slow" and _rank(window) > _rank(one.best):
            one.best, one.window = window, self._ring.cut(window.start, window.end)

    def _case(self, one: _Open, now: float) -> Case:
        one.clip, one.is_whole = self._ring.cut(one.start, min(now, one.until)), now >= one.until
        return Case(one.change, one.clip, one.window, self._model)

    def _ended(self, one: _Open, ended: float) -> list[Case]:
        """Return the evidence of an event that is over, where it is not what was given before."""
        last = one.until if one.change.path == "slow" else min(one.until, ended + self._settings.after_s)
        if not one.is_whole:
            return [self._case(one, last)]
        if one.clip is None or last >= one.clip.ended:
            return []
        return [Case(one.change, one.clip.before(last), one.window, self._model)]

    def _remember(self, window: ScoredWindow) -> None:
        self._recent.append(window)
        while self._recent[0].start < window.end - self._settings.longest_s - self._model.windowing.window_s:
            self._recent.popleft()

    def _move(self, seconds: float) -> None:
        """Follow the clock of the stretch, whose sound has another time from now on."""
        self._recent = deque(replace(one, start=one.start + seconds, end=one.end + seconds) for one in self._recent)
        for one in self._open.values():
            one.start, one.until = one.start + seconds, one.until + seconds


def _rank(window: ScoredWindow) -> float:
    """Return by what windows are compared: the score, below all others where there is none."""
    return -math.inf if math.isnan(window.score) else window.score
