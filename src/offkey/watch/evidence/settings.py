"""Settings of the sound that is kept of an event."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from offkey.watch.section import Section

__all__ = ["ClipSettings"]


class ClipSettings(Section):
    """The clip of an event, in seconds.

    `before_s`, `after_s`: of sound before its begin and after its end.
    `longest_s`: of the whole clip; so much sound of each machine, and 30 s more, is held in memory.
    """

    before_s: float = Field(default=10.0, ge=0)
    after_s: float = Field(default=10.0, ge=0)
    longest_s: float = Field(default=60.0, ge=5, le=600)

    @model_validator(mode="after")
    def _check_length(self) -> Self:
        if self.before_s + self.after_s >= self.longest_s:
            raise ValueError("before_s and after_s together must be less than longest_s, so that the event has room")
        return self
