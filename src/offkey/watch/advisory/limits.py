"""Limits on the number of messages; only what was sent counts."""

from __future__ import annotations

from collections import deque

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
        self._last: dict[str, tuple[float, int]] = {}  # of each machine: time and rank of the newest message

    def sent(self, machine: str, rank: int, at: float) -> None:
        """Count a message that was sent; `rank` is that of its level."""
        self._sent.append((at, machine))
        self._last[machine] = at, rank

    def reason(self, machine: str, rank: int, now: float) -> str | None:
        """Return why a message about another episode of a machine has to wait, None where it has not."""
        settings = self._settings
        at, before = self._last.get(machine, (-float("inf"), 0))
        if rank <= before and now - at < settings.cool_down_s:
            return "cool-down"
        while self._sent and now - self._sent[0][0] >= _HOUR_S:
            self._sent.popleft()
        if sum(name == machine for _, name in self._sent) >= settings.machine_an_hour:
            return "rate limit of the machine"
        if len(self._sent) >= settings.plant_an_hour:
            return "rate limit of the plant"
        return None
