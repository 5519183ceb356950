"""The base of all settings: a table of the TOML file whose keys are known, and whose values have their type."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

__all__ = ["Name", "Section"]


class Section(BaseModel):
    """A table of the file of a plant; its numbers are finite, and its texts are of one line."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @field_validator("*")
    @classmethod
    def _check_text(cls, value: Any) -> Any:
        """Refuse what no path, address or column of a database can hold."""
        for text in value if isinstance(value, list) else [value]:
            signs = (
                [sign for sign in text if unicodedata.category(sign) in ("Cc", "Cs")] if isinstance(text, str) else ""
            )
            if signs:
                raise ValueError(f"a text of one line without control characters is expected, found {signs[0]!r} in it")
        return value


def _check_name(name: str) -> str:
    if name != name.strip():
        raise ValueError(f"a name neither begins nor ends with a space, and is not empty; found {name!r}")
    return name


Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_check_name)]
"""The name of a plant, a machine, or what machines have in common."""
