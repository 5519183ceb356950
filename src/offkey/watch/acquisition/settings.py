"""Sources as the file of a plant describes them."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, field_validator

from offkey.watch.section import Section

__all__ = [
    "FfmpegSource",
    "FolderSource",
    "SimulatedSource",
    "SoundCardSource",
    "SourceSettings",
    "StandardInputSource",
]


class SimulatedSource(Section):
    """A synthetic machine; the fields are the parameters of `Simulated`."""

    kind: Literal["simulated"]
    machine: str
    machine_id: int = Field(default=0, ge=0)
    seed: int = Field(default=0, ge=0)
    fault: str | None = None
    severity: float = Field(default=1.0, gt=0, le=1)
    fault_after_s: float = Field(default=0.0, ge=0)
    fault_for_s: float = Field(default=math.inf, gt=0)
    fault_every_s: float = Field(default=math.inf, gt=0)
    first: int = Field(default=0, ge=0)


class StandardInputSource(Section):
    """Raw samples of 16 bits on standard input."""

    kind: Literal["stdin"]
    rate: int = Field(ge=400, le=10_000_000)
    channels: int = Field(default=1, ge=1, le=64)


class FolderSource(Section):
    """A folder where recorders drop files."""

    kind: Literal["folder"]
    path: str = Field(min_length=1)
    settled_s: float = Field(default=5.0, ge=0)
    expected_every_s: float = Field(default=3600.0, gt=0)


class FfmpegSource(Section):
    """An address that ffmpeg opens; the rate is that of the model unless it is given."""

    kind: Literal["ffmpeg"]
    url: str = Field(min_length=1)
    rate: int | None = Field(default=None, ge=400, le=10_000_000)
    channels: int = Field(default=1, ge=1, le=64)
    input_format: str | None = Field(default=None, min_length=1)
    program: str = Field(default="ffmpeg", min_length=1)
    silent_s: float = Field(default=30.0, ge=1)


class SoundCardSource(Section):
    """A microphone of this computer by its identity; the rate is that of the model unless it is given."""

    kind: Literal["soundcard"]
    microphone: str
    rate: int | None = Field(default=None, ge=400, le=10_000_000)
    channels: int = Field(default=1, ge=1, le=64)
    silent_s: float = Field(default=30.0, ge=1)

    @field_validator("microphone")
    @classmethod
    def _check_microphone(cls, identity: str) -> str:
        kind, _, rest = identity.partition(":")
        if kind not in ("usb", "bus", "name", "alsa") or not rest:
            raise ValueError(f"{identity!r} is no identity of a microphone; 'offkey watch sources' lists them")
        return identity


SourceSettings = Annotated[
    SimulatedSource | StandardInputSource | FolderSource | FfmpegSource | SoundCardSource, Field(discriminator="kind")
]
