"""Trouble of sources as episodes, so that a link that comes and goes is one message and not twenty."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import get_args

from offkey.watch.acquisition.quality import Flaw
from offkey.watch.advisory.notice import Notice
from offkey.watch.rows import StateChange

__all__ = ["SourceEpisodes"]

_LASTING_S = {"waiting": 900.0, "flapping": 0.0, "failed": 0.0}  # before a state is trouble; it may be absent at first
_LASTING_ELSE_S = 30.0
_TROUBLE = frozenset(get_args(Flaw)) | {"waiting", "stalled", "reconnecting", "failed", "flapping"}
_STEADY_S = 900.0  # of sound without a break, after which a source is well again: what drops thrice in this is flapping
_PREFIX = "source-"


@dataclass
class _Trouble:
    """A source that is not as it should be."""

    notice: Notice
    due: float
    """When it has lasted long enough."""
    is_open: bool = False
    """Whether it was made known."""
    well_since: float = math.inf


class SourceEpisodes:
    """Follows the states of all sources.

    A trouble that lasts 30 s opens an episode, flapping or a failure at once, a source that has not come yet after
    15 minutes. The episode ends when the source has been healthy for 15 minutes without a break.
    """

    def __init__(self) -> None:
        self._troubles: dict[str, _Trouble] = {}

    def take(self, change: StateChange) -> None:
        """Take a new state of a source; `tick` returns what follows from it."""
        trouble = self._troubles.get(change.machine)
        if change.state in ("healthy", "ended"):
            if trouble is not None and trouble.is_open:
                trouble.well_since = min(trouble.well_since, change.at)
            else:
                self._troubles.pop(change.machine, None)
        elif change.state in _TROUBLE:
            due = change.at + _LASTING_S.get(change.state, _LASTING_ELSE_S)
            notice = _notice(change)
            if trouble is None:
                self._troubles[change.machine] = _Trouble(notice, due)
                return
            kept = trouble.notice
            trouble.notice = replace(notice, event=kept.event, began=kept.began)
            trouble.due, trouble.well_since = min(trouble.due, due), math.inf

    def tick(self, now: float) -> list[Notice]:
        """Return the notices of episodes that open or end, at a time in seconds since 1970 UTC."""
        notices = []
        for machine, trouble in list(self._troubles.items()):
            if not trouble.is_open and now >= trouble.due:
                trouble.is_open = True
                notices.append(trouble.notice)
            elif now - trouble.well_since >= _STEADY_S:
                del self._troubles[machine]
                notices.append(_end(trouble.notice, now, trouble.well_since))
        return notices

    def restore(self, notices: Iterable[Notice], now: float) -> None:
        """Take episodes that were open when another monitor stopped; others are left out.

        `now`: from when on a source counts as healthy unless it is said to be otherwise.
        """
        for notice in notices:
            if notice.event.startswith(_PREFIX):
                self._troubles[notice.machine] = _Trouble(notice, now, is_open=True, well_since=math.inf)


def _notice(change: StateChange) -> Notice:
    """Say that a source is in trouble."""
    name = _PREFIX + hashlib.sha256(f"{change.machine}\n{change.at}".encode()).hexdigest()[:24]
    text = f"No sound can be judged: the source is {change.state}{change.reason and ': '}{change.reason}"
    details = (("source", change.state), ("reason", change.reason))
    return Notice(name, change.machine, "new", "warning", change.at, change.at, None, text, "source", None, details)


def _end(notice: Notice, now: float, ended: float) -> Notice:
    text = "The source has given sound for 15 minutes without a break."
    return replace(notice, kind="end", at=now, ended=ended, text=text, details=(("source", "healthy"), ("reason", "")))
