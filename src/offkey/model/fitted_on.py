"""What a model was fitted on."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["FittedOn"]


class FittedOn(BaseModel):
    """What a model was fitted on.

    Parameters
    ----------
    clips : int
        Number of recordings.
    windows : int
        Number of feature vectors: one a recording, or one a window of a long one.
    seconds : float
        How much sound.
    digest : str
        SHA-256 over the sorted digests of the recordings, or over their sum where there were too many to hold: the
        same set of files gives the same.
    domains : dict of str to int
        Number of feature vectors of each domain, empty where no domains were given.
    left_out : tuple of (str, str)
        Name and reason of each recording or window that could not be used.
    notes : tuple of str
        What the user was told about the fit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    clips: int
    windows: int
    seconds: float
    digest: str
    domains: dict[str, int] = Field(default_factory=dict)
    left_out: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
