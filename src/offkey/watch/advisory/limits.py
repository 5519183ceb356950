"""Limits on the number of messages; only what was sent counts."""

from __future__ import annotations

import math
from collections import deque

from offkey.watch.advisory.notice import Notice
from offkey.watch.advisory.settings import MessageSettings

__all__ = ["Limits"]

_HOUR_S = 3600.0


class Limits:
    """Cool-down and rates of a channel.

    `settings`: the limits.
    """

    def __init__(self, settings: MessageSettings) -> None:
        self._settings = settings
        self._sent = deque[tuple[float, str]]()  # time and machine of each message of the last hour
        self._last: dict[tuple[str, str], tuple[float, int]] = {}  # of machine and scope: time and rank of the newest

    def sent(self, notice: Notice, at: float) -> None:
        """Count a message that was sent."""
        self._sent.append((at, notice.machine))
        self._last[notice.machine, notice.scope] = at, notice.rank

    def reason(self, notice: Notice, now: float) -> str | None:
        """Return why a message about another episode has to wait, None where it has not."""
        settings, machine = self._settings, notice.machine
        at, before = self._last.get((machine, notice.scope), (-math.inf, 0))
        if notice.rank <= before and now - at < settings.cool_down_s:
            return "cool-down"
        while self._sent and now - self._sent[0][0] >= _HOUR_S:
            self._sent.popleft()
        if sum(name == machine for _, name in self._sent) >= settings.machine_an_hour:
            return "rate limit of the machine"
        if len(self._sent) >= settings.plant_an_hour:
            return "rate limit of the plant"
        return None
