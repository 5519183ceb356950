"""Answers of the API, as its description shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from offkey.model import Model, Result
from offkey.watch.scored_window import ScoredWindow

__all__ = ["ClipScores", "ModelFacts", "Row", "StreamRow", "clip_scores", "model_facts", "stream_row"]


class ModelFacts(BaseModel):
    """A model that is served."""

    name: str = Field(examples=["pump7"])
    rate: int = Field(description="Sampling rate in Hz; sound of a higher rate is converted.", examples=[16000])
    channel: int | str = Field(description="The channel that is read.", examples=[0])
    window_s: float = Field(description="Length of a window of a stream in seconds.", examples=[10.0])
    hop_s: float = Field(description="From one window to the next in seconds.", examples=[10.0])
    threshold: float = Field(description="The score above which a clip is called anomalous.", examples=[4.2])
    false_alarm_rate: float = Field(description="Share of normal clips above the threshold.", examples=[0.01])
    normal_clips: int = Field(description="Normal scores that the decision rests on.", examples=[200])


class Row(BaseModel):
    """The result for a clip, or for a window of a long one."""

    model_config = ConfigDict(from_attributes=True)

    file: str = Field(examples=["today.wav"])
    start_s: float | None = Field(examples=[0.0])
    end_s: float | None = Field(examples=[10.0])
    score: float | None = Field(description="Higher is more anomalous; null with an error.", examples=[7.31])
    p_value: float | None = Field(description="The chance that a normal clip scores this high.", examples=[0.005])
    anomalous: bool | None = Field(description="Whether the score exceeds the threshold.", examples=[True])
    error: str | None = Field(description="Why there is no score.", examples=[None])
    note: str | None = Field(description="Why the false-alarm rate is not promised for it.", examples=[None])


class ClipScores(BaseModel):
    """The results for an uploaded clip."""

    rows: list[Row]
    anomalous: bool | None = Field(description="Whether any window is anomalous.", examples=[True])
    threshold: float = Field(examples=[4.2])
    false_alarm_rate: float = Field(examples=[0.01])
    explanation: dict[str, Any] | None = Field(
        default=None, description="With explain=true: why the most anomalous window has its score.", examples=[None]
    )


class StreamRow(BaseModel):
    """The result for a window of a stream, one line of the answer."""

    start_s: float | None = Field(
        description="Seconds since the begin of the stream; null where the stream itself cannot be used.",
        examples=[0.0],
    )
    end_s: float | None = Field(examples=[10.0])
    score: float | None = Field(examples=[1.02])
    p_value: float | None = Field(examples=[0.61])
    anomalous: bool | None = Field(examples=[False])
    error: str | None = Field(examples=[None])


def model_facts(name: str, model: Model) -> ModelFacts:
    """Return what there is to know about a model."""
    cut = model.windowing
    return ModelFacts(
        name=name,
        rate=model.rate,
        channel=model.config.channel,
        window_s=cut.window_s,
        hop_s=cut.hop_s,
        threshold=model.threshold.value,
        false_alarm_rate=model.threshold.false_alarm_rate,
        normal_clips=len(model.calibration.normal_scores),
    )


def clip_scores(model: Model, results: Sequence[Result], explanation: dict[str, Any] | None) -> ClipScores:
    """Return the results of a clip."""
    scored = [result.anomalous for result in results if result.ok]
    return ClipScores(
        rows=[Row.model_validate(result) for result in results],
        anomalous=any(scored) if scored else None,
        threshold=model.threshold.value,
        false_alarm_rate=model.threshold.false_alarm_rate,
        explanation=explanation,
    )


def stream_row(model: Model, window: ScoredWindow) -> StreamRow:
    """Return a window of a stream as a row."""
    has_score = window.error is None
    return StreamRow(
        start_s=window.start,
        end_s=window.end,
        score=window.score if has_score else None,
        p_value=window.p_value if has_score else None,
        anomalous=window.score > model.threshold.value if has_score else None,
        error=window.error,
    )
