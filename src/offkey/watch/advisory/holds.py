"""Reasons of people to hold messages back: machines in their shadow, shelved or out of service, events acknowledged."""

from __future__ import annotations

import math

from offkey.watch.advisory.notice import Notice

__all__ = ["Holds"]


class Holds:
    """The reasons that hold, which one monitor keeps for all its channels."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, str], float] = {}  # machine and reason to when it ends
        self._acknowledged = set[str]()

    def hold(self, machine: str, reason: str, until: float = math.inf) -> None:
        """Hold messages about a machine back.

        Parameters
        ----------
        machine : str
            Its name.
        reason : str
            "shadow", "shelved" or "out of service".
        until : float, default infinity
            When this ends by itself, in seconds since 1970 UTC.
        """
        self._until[machine, reason] = until

    def release(self, machine: str, reason: str) -> None:
        """Hold messages about a machine back no longer for a reason, if they were."""
        self._until.pop((machine, reason), None)

    def reason(self, notice: Notice, now: float) -> str | None:
        """Return the first reason that holds, None where there is none; a shadow holds no trouble of a source back."""
        for (machine, reason), until in self._until.items():
            counts = reason != "shadow" or notice.scope != "source"
            if machine == notice.machine and now < until and counts:
                return reason
        return None

    def acknowledge(self, event: str) -> None:
        """Send no more reminders of an event."""
        self._acknowledged.add(event)

    def is_acknowledged(self, event: str) -> bool:
        """Tell whether somebody has acknowledged an event."""
        return event in self._acknowledged
