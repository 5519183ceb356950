"""Answers of a monitor to programs, as its description shows them; times are in seconds since 1970 UTC."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from offkey.decision.events import Level
from offkey.watch.acquisition.states import SourceState

__all__ = ["Events", "Messages", "Scores", "SourceStates", "Status"]

_MACHINE = Field(examples=["pump 7"])
_SEQ = Field(description="Rises from row to row: ask for those after it.", examples=[17])


class MachineState(BaseModel):
    """A machine as it is now; null where its phase has no such value."""

    machine: str = _MACHINE
    phase: Literal["preparing", "learning", "shadow", "armed", "out of service"] = Field(examples=["armed"])
    stage: str = Field(description="The phase in words.", examples=["armed; expected 0.9 events a week"])
    source: SourceState = Field(examples=["healthy"])
    reason: str = Field(description="Why the source, or the machine, is not as it should be.", examples=[""])
    fresh: bool = Field(description="Whether its newest window is as new as it should be.", examples=[True])
    learning: dict[str, Any] | None = Field(description="How far it has learnt.", examples=[None])
    shadow_days: float | None = Field(description="Normal sound in the shadow.", examples=[3.1])
    shadow_days_wanted: float | None = Field(examples=[3.0])
    promise: str | None = Field(examples=["expected 0.9 a week (0.2 to 2.6), from 11 days of normal sound"])
    event: bool = Field(description="Whether an event goes on.", examples=[False])
    level: Level | None = Field(examples=["normal"])
    index: float | None = Field(description="Health: 100 where all of the last day was as usual.", examples=[98.5])
    state: str | None = Field(description="Operating state of the newest window.", examples=[None])
    score: float | None = Field(description="Of the newest window; higher is more anomalous.", examples=[1.02])
    p_value: float | None = Field(description="The chance that normal sound scores this high.", examples=[0.61])
    window_end: float | None = Field(description="End of the newest window.", examples=[1800000000.25])


class Status(BaseModel):
    """The machines of a plant as they are now."""

    machines: list[MachineState]


class ClipOfEvent(BaseModel):
    """The sound of an event in a file."""

    path: str = Field(
        description="Relative to the folder of the plant.",
        examples=["clips/2027-01-15/pump_5a0c8c3f.flac"],
    )
    began: float = Field(examples=[1799999990.0])
    ended: float = Field(examples=[1800000020.0])
    rate: int = Field(description="Sampling rate in Hz.", examples=[16000])
    bytes: int = Field(examples=[312044])
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])


class Event(BaseModel):
    """An event as it is now: its newest change, and what is known of it by now."""

    seq: int = _SEQ
    event: str = Field(description="Its identity.", examples=["5a0c8c3f5a554f4f9d6a6b1f2f8f2a11"])
    machine: str = Field(description="That of the area for an event of scope common.", examples=["pump 7"])
    kind: Literal["new", "update", "end"] = Field(examples=["end"])
    path: Literal["fast", "slow"] = Field(description="A break or burst, or wear.", examples=["fast"])
    at: float = Field(description="When this was known.", examples=[1800000060.0])
    began: float = Field(examples=[1800000000.0])
    ended: float | None = Field(examples=[1800000050.0])
    peak: float = Field(description="The highest value so far.", examples=[8.4])
    model: str = Field(description="Digest and hop of the model.", examples=["9f86d081884c 10 s"])
    level: Level = Field(examples=["warning"])
    state: str | None = Field(description="Operating state in which it began.", examples=[None])
    scope: Literal["machine", "common"] = Field(examples=["machine"])
    area: str | None = Field(examples=[None])
    sentence: str = Field(examples=["pump 7 has sounded wrong since 09:00:00."])
    explanation: str | None = Field(description="The sentence of the model; null until there is one.", examples=[None])
    clip: ClipOfEvent | None
    no_clip: str | None = Field(description="Why there is no clip.", examples=[None])
    model_digest: str = Field(description="SHA-256 of the model, its first digits.", examples=["9f86d081884c"])


class Events(BaseModel):
    """Events, the one that changed last first."""

    events: list[Event]


class Message(BaseModel):
    """A message on a channel, and how far it came."""

    seq: int = _SEQ
    id: str = Field(examples=["0d9c1f1e3b6a4a3e8a6d0f5b1c2d3e4f"])
    key: str = Field(description="One message alone is kept of each.", examples=["mqtt 5a0c8c3f-1"])
    channel: str = Field(examples=["mqtt"])
    kind: str = Field(examples=["new"])
    event: str | None = Field(examples=["5a0c8c3f5a554f4f9d6a6b1f2f8f2a11"])
    payload: dict[str, Any] = Field(examples=[{"id": "5a0c8c3f5a554f4f9d6a6b1f2f8f2a11", "seq": 1, "kind": "new"}])
    created: float = Field(examples=[1800000001.0])
    due: float = Field(examples=[1800000001.0])
    status: Literal["pending", "sent", "failed", "held"] = Field(examples=["sent"])
    reason: str | None = Field(description="Why it is held back.", examples=[None])
    tries: int = Field(examples=[1])
    sent_at: float | None = Field(examples=[1800000002.0])
    error: str | None = Field(description="Why the last try failed.", examples=[None])


class Messages(BaseModel):
    """Messages on all channels, the newest first."""

    messages: list[Message]


class SourceChange(BaseModel):
    """A new state of the source of a machine."""

    seq: int = _SEQ
    machine: str = _MACHINE
    at: float = Field(examples=[1800000000.0])
    state: str = Field(examples=["stalled"])
    reason: str = Field(examples=["no sound came for 30 s"])


class SourceStates(BaseModel):
    """Changes of the states of sources, the newest first."""

    states: list[SourceChange]


class Stretch(BaseModel):
    """The scores of a stretch of time; null where no window of it has one."""

    at: float = Field(description="When it begins.", examples=[1800000000])
    seconds: float = Field(examples=[60])
    lowest: float | None = Field(examples=[0.6])
    mean: float | None = Field(examples=[1.0])
    highest: float | None = Field(examples=[1.7])
    windows: int = Field(examples=[6])
    failed: int = Field(description="Windows without a score among them.", examples=[0])
    state: str | None = Field(description="Operating state of most windows; null without states.", examples=[None])


class Scores(BaseModel):
    """The scores of a machine over time."""

    machine: str = _MACHINE
    scores: list[Stretch]
    threshold: float | None = Field(description="Of its model; null without one.", examples=[4.2])
    normal: list[float] | None = Field(
        description="Scores between which 9 of 10 normal clips lie; null without a model.", examples=[[0.4, 2.9]]
    )
