"""The record of the clips that a model was fitted on."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["FittedOn"]


class FittedOn(BaseModel):
    """The record of the clips that a model was fitted on.

    `digest`: SHA-256 over the sorted digests of the recordings, or over their sum where there were too many to hold:
        the same set of files gives the same.
    `domains`: number of feature vectors of each domain, empty where no domains were given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    clips: int
    windows: int  # number of feature vectors: one per recording, or one per window of a long one
    seconds: float
    digest: str
    domains: dict[str, int] = Field(default_factory=dict)
    left_out: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
