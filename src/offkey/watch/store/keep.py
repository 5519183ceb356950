"""Settings of what is kept, and for how long."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from offkey.watch.section import Section

__all__ = ["KeepSettings"]


class KeepSettings(Section):
    """Bounds of what is kept.

    `scores_days`: after which scores, states of sources and messages go; events, reviews and shadows in use stay.
    `clips_days`: after which clips go.
    `clips_mb`: that clips take together, in 1e6 bytes; of more some go: reviewed ones first, then those of lower level.
    `free_mb`: marks of the disk. Below the first it is said, below the second the oldest clips that were reviewed go,
    below the third no clip is written.
    """

    scores_days: float = Field(default=730, ge=1)
    clips_days: float = Field(default=365, gt=0)
    clips_mb: float = Field(default=2000, gt=0)
    free_mb: list[Annotated[float, Field(ge=0)]] = Field(default=[1000, 500, 200], min_length=3, max_length=3)

    @model_validator(mode="after")
    def _check_marks(self) -> Self:
        if not self.free_mb[0] > self.free_mb[1] > self.free_mb[2]:
            raise ValueError("free_mb must be three numbers that fall: warn, remove reviewed clips, write no clips")
        return self
