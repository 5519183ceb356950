"""The evidence of the events of a machine: which sound of it belongs to which event, and when it is whole."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from offkey.decision.events import LEVELS
from offkey.model import Model
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.source import Item
from offkey.watch.evidence.ring import Cut, SoundRing
from offkey.watch.evidence.settings import ClipSettings
from offkey.watch.health.events import Change
from offkey.watch.scored_window import ScoredWindow

__all__ = ["MORE_S", "Case", "Gathering"]

MORE_S = 30.0
"""Sound beside the longest clip that is held: a window, and the block of up to 10 s that it came with."""


@dataclass(frozen=True)
class Case:
    """The evidence of an event as far as it is there.

    `change`: the newest change of the event.
    `clip`: the sound from before to after; None where it was not to be had.
    `window`: the sound of the most anomalous window; None where it was not to be had.
    `model`: by which the event was found.
    """

    change: Change
    clip: Cut | None
    window: Cut | None
    model: Model


@dataclass
class _Open:
    """An event that goes on, and its sound from `start` to `until` as far as it came."""

    change: Change
    is_lasting: bool
    start: float
    until: float
    best: ScoredWindow
    window: Cut | None
    model: Model
    clip: Cut | None = None
    is_whole: bool = False


class Gathering:
    """Holds the newest sound of a machine, and cuts out of it what belongs to an event.

    The clip of a break or a burst goes from before its begin to after its end; that of a lasting change, which no
    moment stands for, has the most anomalous of the newest windows in its middle, until its level rises. Each is given
    as far as it is there when the event begins, again when it has its greatest length, and once more where the event
    ends before.

    `give`: called with each case.
    """

    def __init__(self, settings: ClipSettings, give: Callable[[Case], None]) -> None:
        self._settings, self._give = settings, give
        self._ring = SoundRing(settings.longest_s + MORE_S)
        self._recent = deque[ScoredWindow]()
        self._model: Model | None = None
        self._open: dict[str, _Open] = {}

    def feed(self, item: Item) -> None:
        """Take what came of the source next, before its windows."""
        self._ring.feed(item)
        if isinstance(item, Correction):
            self._move(item.seconds)

    def take(self, windows: Sequence[ScoredWindow], model: Model) -> None:
        """Take the windows that came with an item, and the model that scored them."""
        self._model = model
        for window in windows:
            self._remember(window)
            for one in self._open.values():
                self._consider(one, window)
                if window.end >= one.until and not one.is_whole:
                    self._give_case(one, window.end)

    def follow(self, changes: Sequence[Change]) -> None:
        """Take what is new about events of the machine, after its windows."""
        for change in changes:
            if change.kind == "new" and self._model is not None:
                self._begin(change, self._model, is_lasting=change.path == "slow")
            else:
                self._change(change)

    def update(self, event: str) -> Change | None:
        """Return an update of an event, to be told that there is more about it; None where it is over."""
        one = self._open.get(event)
        return None if one is None else replace(one.change, kind="update", at=self._recent[-1].end)

    def _begin(self, change: Change, model: Model, *, is_lasting: bool) -> None:
        """Open an event: choose its stretch, and its most anomalous window so far."""
        clips, newest = self._settings, self._recent[-1].end
        windows = [one for one in self._recent if is_lasting or one.end > change.began]
        best = max(windows or self._recent, key=_rank)
        if is_lasting:
            start, until = best.start - clips.before_s, best.end + clips.after_s
        else:
            start = max(change.began - clips.before_s, newest + clips.after_s - clips.longest_s)
            until = start + clips.longest_s
        until, window = min(until, start + clips.longest_s), self._ring.cut(best.start, best.end)
        self._open[change.event] = _Open(change, is_lasting, start, until, best, window, model)
        self._give_case(self._open[change.event], newest)

    def _change(self, change: Change) -> None:
        """Take a change of an event that is open; one that lasted and grows worse has another moment to show."""
        one = self._open.get(change.event)
        if one is None:
            return
        is_worse = LEVELS.index(change.level) > LEVELS.index(one.change.level)
        one.change = change
        if change.ended is not None:
            del self._open[change.event]
            self._end(one, change.ended)
        elif one.is_lasting and one.is_whole and is_worse:
            self._begin(change, one.model, is_lasting=False)

    def _consider(self, one: _Open, window: ScoredWindow) -> None:
        """Take a window of an event that is more anomalous than those before; of a lasting change one is chosen."""
        if not one.is_whole and not one.is_lasting and _rank(window) > _rank(one.best):
            one.best, one.window = window, self._ring.cut(window.start, window.end)

    def _give_case(self, one: _Open, now: float) -> None:
        one.clip, one.is_whole = self._ring.cut(one.start, min(now, one.until)), now >= one.until
        self._give(Case(one.change, one.clip, one.window, one.model))

    def _end(self, one: _Open, ended: float) -> None:
        """Give the evidence of an event that is over, where it is not what was given before."""
        last = one.until if one.is_lasting else min(one.until, ended + self._settings.after_s)
        if not one.is_whole:
            self._give_case(one, last)
        elif one.clip is not None and last < one.clip.ended:
            self._give(Case(one.change, one.clip.before(last), one.window, one.model))

    def _remember(self, window: ScoredWindow) -> None:
        self._recent.append(window)
        while self._recent[0].start < window.end - self._settings.longest_s - MORE_S:
            self._recent.popleft()

    def _move(self, seconds: float) -> None:
        """Follow the clock of the stretch, whose sound has another time from now on."""
        self._recent = deque(replace(one, start=one.start + seconds, end=one.end + seconds) for one in self._recent)
        for one in self._open.values():
            one.start, one.until = one.start + seconds, one.until + seconds


def _rank(window: ScoredWindow) -> float:
    """Return by what windows are compared: the score, below all others where there is none."""
    return -math.inf if math.isnan(window.score) else window.score
