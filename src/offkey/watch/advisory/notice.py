"""Notices, which say what is new about an episode, and the alerts that are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self, TypeAlias

from offkey.decision.events import LEVELS, Level
from offkey.errors import DataError

__all__ = ["Alert", "AlertKind", "Notice", "Scope"]

Scope: TypeAlias = Literal["machine", "common", "source", "plant"]
AlertKind: TypeAlias = Literal["new", "update", "reminder", "end", "digest", "test"]


@dataclass(frozen=True)
class Notice:
    """Something new about an episode: an event of a machine, or trouble of its source.

    Parameters
    ----------
    event : str
        Identity of the episode, the same in all its notices.
    machine : str
        Name of the machine; empty where it is about the plant.
    kind : {"new", "update", "end"}
        What happened.
    level : {"watch", "warning", "alarm"}
        How serious it is.
    at, began : float
        When this was known, and when the episode began, in seconds since 1970 UTC.
    ended : float, optional
        When the episode ended.
    text : str
        A sentence for people.
    scope : {"machine", "common", "source", "plant"}
        Whether a machine sounds wrong, many at once, a source gives no sound, or the disk of the plant is full.
    model : str, optional
        Digest of the model file by which an event was found.
    details : tuple of (str, value)
        What programs may want besides, such as the path and the peak of an event.
    """

    event: str
    machine: str
    kind: Literal["new", "update", "end"]
    level: Level
    at: float
    began: float
    ended: float | None
    text: str
    scope: Scope = "machine"
    model: str | None = None
    details: tuple[tuple[str, Any], ...] = ()

    @property
    def is_part(self) -> bool:
        """Whether it is of a machine whose surroundings changed, which is an episode of its own."""
        return self.scope == "machine" and dict(self.details).get("area") is not None

    @property
    def rank(self) -> int:
        """Its level as a number from 1; 0 for ``normal``."""
        return LEVELS.index(self.level)


@dataclass(frozen=True)
class Alert:
    """A notice on its way to somebody, as every channel gets it.

    Parameters
    ----------
    id : str
        Identity of the episode, as `Notice.event`.
    seq : int
        Number of the alert among those about the episode, from 1; a receiver that keeps the highest one leaves out
        what comes twice or late.
    kind : {"new", "update", "reminder", "end", "digest", "test"}
        What it is about.
    machine, level, at, began, ended, text, scope, model
        As in `Notice`.
    link : str, optional
        Where the event is described.
    details : dict
        As in `Notice`.
    """

    id: str
    seq: int
    kind: AlertKind
    machine: str
    level: Level
    at: float
    began: float
    ended: float | None
    text: str
    scope: Scope
    model: str | None
    link: str | None
    details: dict[str, Any]

    @property
    def key(self) -> str:
        """Identity of the alert, which two copies of it have in common."""
        return f"{self.id}-{self.seq}"

    @property
    def title(self) -> str:
        """The subject in a few words."""
        what = {
            "new": self.level,
            "update": f"now {self.level}",
            "reminder": f"still {self.level}",
            "end": "all clear",
            "digest": "held back",
            "test": "test",
        }[self.kind]
        about = "disk" if self.scope == "plant" else self.machine
        return f"{about}: {what}" if about else what

    def payload(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Self:
        """Return the alert of a payload that was kept.

        Raises
        ------
        DataError
            If another version wrote it in another form.
        """
        missing = [one.name for one in fields(cls) if one.name not in payload]
        if missing or payload["level"] not in LEVELS or not isinstance(payload["details"], dict):
            what = f"it has no {missing[0]}" if missing else "its level or its details are of another form"
            raise DataError(f"A message of another version of offkey cannot be read: {what}.")
        return cls(**{one.name: payload[one.name] for one in fields(cls)})
