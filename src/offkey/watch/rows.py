"""Rows of the store beside `Change` and `Minute`; times are in seconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "PASSED_OVER",
    "Act",
    "Candidate",
    "Clip",
    "Explanation",
    "HealthPoint",
    "LifeStep",
    "Message",
    "Recording",
    "Review",
    "StateChange",
]

PASSED_OVER = "the machine was out of service"
"""Why a recording has no score though nothing is wrong with it."""


@dataclass(frozen=True)
class Recording:
    """A file that was taken; `error` says why it has no score."""

    machine: str
    name: str
    error: str | None


@dataclass(frozen=True)
class StateChange:
    """A new state of the source of a machine since `at`; `reason` says what is wrong."""

    machine: str
    at: float
    state: str
    reason: str


@dataclass(frozen=True)
class HealthPoint:
    """The health index of a machine, 0 to 100, and its level, over the last `days`."""

    machine: str
    at: float
    index: float
    level: str
    days: float


@dataclass(frozen=True)
class Explanation:
    """Why an event sounds wrong, in a sentence, and the `details` that it was made from."""

    event: str
    at: float
    sentence: str
    details: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Clip:
    """Sound of an event in a file.

    `path`: relative to the folder of the plant.
    `rate`, `bytes`, `sha256`: of the file.
    `removed_at`, `reason`: since when the file is not there, and why: it was removed, or could not be written; None
        while it is there.
    """

    event: str
    path: str
    began: float
    ended: float
    rate: int
    bytes: int
    sha256: str
    removed_at: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Message:
    """A message that is to be sent by a channel, at least once.

    `id`: a uuid in hex.
    `key`: one message alone is kept of each.
    `due`: when it is to be sent first.
    `status`, `tries`, `sent_at`, `error`: how far it came; `reason` says why it is held back.
    """

    id: str
    channel: str
    kind: str
    payload: dict[str, Any] = field(hash=False)
    created: float
    due: float
    key: str
    event: str | None = None
    status: Literal["pending", "sent", "failed", "held"] = "pending"
    reason: str | None = None
    tries: int = 0
    sent_at: float | None = None
    error: str | None = None


@dataclass(frozen=True)
class LifeStep:
    """A step in the life of a machine, by a person or by the monitor; the newest one counts."""

    machine: str
    at: float
    step: Literal["learning", "shadow", "armed", "out of service", "in service", "promoted", "dropped"]
    by: str
    comment: str = ""
    details: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Review:
    """The verdict of a person on an event; with `join_normal` its sound joins the normal set."""

    event: str
    at: float
    verdict: Literal["true", "false", "expected"]
    by: str
    comment: str = ""
    join_normal: bool = False


@dataclass(frozen=True)
class Act:
    """An alarm that a person acknowledged, or shelved `until` a time, of one event or of a machine."""

    at: float
    what: Literal["acknowledge", "shelve", "unshelve"]
    by: str
    event: str | None = None
    machine: str | None = None
    until: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Candidate:
    """A model that may take the place of the one in use, once a person has decided.

    `clips`: how many it was fitted on.
    `replay`: the events it would have raised, and those it would not.
    """

    id: str
    machine: str
    at: float
    model_path: str
    digest: str
    clips: int
    replay: dict[str, Any] = field(default_factory=dict, hash=False)
    verdict: Literal["promoted", "dropped"] | None = None
    by: str | None = None
    decided_at: float | None = None
