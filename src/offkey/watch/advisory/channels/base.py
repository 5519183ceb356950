"""The base of all channels, and the ways in which one fails."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from offkey.errors import OffkeyError
from offkey.watch.advisory.notice import Alert

__all__ = ["Channel", "LaterError", "Memory", "RefusedError", "Retries", "Site", "as_json"]

_DAY_S = 86_400.0


class LaterError(OffkeyError):
    """An alert did not arrive, and is to be tried again; `after_s`: not before so many seconds."""

    def __init__(self, sentence: str, after_s: float = 0.0) -> None:
        super().__init__(sentence)
        self.after_s = after_s


class RefusedError(OffkeyError):
    """An alert did not arrive, and never will."""


@dataclass(frozen=True)
class Retries:
    """Pauses in seconds before each further try, of which the last is repeated, and days after which none is made."""

    pauses_s: tuple[float, ...] = (1, 5, 30, 120, 600, 1800, 3600)
    days: float = 7.0

    def pause_s(self, tries: int, error: LaterError) -> float:
        """Return the seconds to the next try after so many of them."""
        return max(self.pauses_s[min(tries, len(self.pauses_s)) - 1], error.after_s)

    def is_over(self, age_s: float) -> bool:
        """Tell whether an alert is too old to be tried again."""
        return age_s >= self.days * _DAY_S


class Memory(Protocol):
    """Values that outlive the monitor."""

    def setting(self, key: str) -> str | None:
        """Return a value; None where it was never set."""

    def set_setting(self, key: str, value: str) -> None:
        """Set a value."""


@dataclass(frozen=True)
class Site:
    """The plant, as far as channels need to know it.

    `name`: of the plant.
    `uuid`: by which it is known to others for ever.
    `folder`: where relative paths start.
    `status`: the state of each machine, as of `Monitor.status`.
    `memory`: of what a channel announced earlier.
    """

    name: str
    uuid: str
    folder: Path
    status: Callable[[], list[dict[str, Any]]]
    memory: Memory


class Channel(ABC):
    """A way by which alerts reach somebody; one thread alone sends on it."""

    retries: ClassVar[Retries] = Retries()
    """When it is tried again."""

    @abstractmethod
    def send(self, alert: Alert) -> str:
        """Send an alert; an earlier try may have reached the receiver.

        Returns
        -------
        str
            The answer in a few words.

        Raises
        ------
        LaterError
            If it is to be tried again.
        RefusedError
            If it is not.
        """

    @abstractmethod
    def check(self) -> str:
        """Look whether alerts could be sent, without sending any; returns and raises as `send`."""

    def start(self, *, live: bool = True) -> None:  # noqa: B027 - few channels need it
        """Connect, where the channel keeps a connection; called once, before `send`.

        `live`: whether the monitor runs; a test of the channel says nothing of its state.
        """

    def refresh(self) -> None:  # noqa: B027
        """Show the state of the machines, where the channel shows any; called about once a second."""

    def stop(self) -> None:  # noqa: B027
        """End what `start` began."""


def as_json(alert: Alert) -> bytes:
    """Return an alert as JSON in UTF-8, the same bytes each time."""
    return json.dumps({**alert.payload(), "title": alert.title}, ensure_ascii=False, sort_keys=True).encode()
