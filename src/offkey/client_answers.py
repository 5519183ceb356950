"""Answers of servers as dictionaries whose fields type checkers know; `docs/http_api.md` says what they mean."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

__all__ = ["ClipScores", "Done", "Event", "MachineState", "ModelFacts", "Row", "StreamRow"]


class ModelFacts(TypedDict):
    """A model that is served."""

    name: str
    rate: int
    channel: int | str
    window_s: float
    hop_s: float
    threshold: float
    false_alarm_rate: float
    normal_clips: int


class StreamRow(TypedDict):
    """The result for a window of a stream."""

    start_s: float | None
    end_s: float | None
    score: float | None
    p_value: float | None
    anomalous: bool | None
    error: str | None


class Row(StreamRow):
    """The result for a clip, or for a window of a long one."""

    file: str
    note: str | None


class ClipScores(TypedDict):
    """The results for a clip."""

    rows: list[Row]
    anomalous: bool | None
    threshold: float
    false_alarm_rate: float
    explanation: dict[str, Any] | None


class MachineState(TypedDict):
    """A machine as it is now."""

    machine: str
    phase: Literal["preparing", "learning", "shadow", "armed", "out of service"]
    stage: str
    source: str
    reason: str
    fresh: bool
    learning: dict[str, Any] | None
    shadow_days: float | None
    shadow_days_wanted: float | None
    promise: str | None
    event: bool
    level: Literal["normal", "watch", "warning", "alarm"] | None
    index: float | None
    state: str | None
    score: float | None
    p_value: float | None
    window_end: float | None


class Event(TypedDict):
    """An event as it is now."""

    seq: int
    event: str
    machine: str
    kind: Literal["new", "update", "end"]
    path: Literal["fast", "slow"]
    at: float
    began: float
    ended: float | None
    peak: float
    model: str
    level: Literal["normal", "watch", "warning", "alarm"]
    state: str | None
    scope: Literal["machine", "common"]
    area: str | None
    sentence: str
    explanation: str | None
    clip: dict[str, Any] | None
    no_clip: str | None
    model_digest: str


class Done(TypedDict):
    """The machine that something was done to, and its event where it was about one."""

    machine: str
    event: str | None
    promise: str | None
