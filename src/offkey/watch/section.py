"""The base of all settings: a table of the TOML file whose keys are known, and whose values have their type."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["Section"]


class Section(BaseModel):
    """A table of the file of a plant."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
