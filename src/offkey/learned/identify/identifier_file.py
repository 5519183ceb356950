"""The file of a classifier of machine types, in the archive that models stand in as well."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from offkey.learned.identify.identifier import Identifier, TypesFittedOn
from offkey.learned.identify.type_model import TypeModel
from offkey.model.archive import TYPES, read_archive, write_archive

__all__ = ["load_identifier", "save_identifier"]


def save_identifier(identifier: Identifier, path: Path) -> None:
    """Write a classifier of machine types, whole or not at all.

    Raises
    ------
    OffkeyError
        If it cannot be written.
    """
    content = {
        "types": list(identifier.types),
        "rate": identifier.rate,
        "channel": identifier.channel,
        "fitted_on": identifier.fitted_on.model_dump(mode="json"),
        **identifier.model.state(),
    }
    write_archive(path, TYPES, content)


def load_identifier(path: str | PathLike[str]) -> Identifier:
    """Read a classifier of machine types; scoring with it needs no torch, whatever trained it.

    Raises
    ------
    ModelFileError
        If the file does not exist, is none, is a model of normal sound, is damaged, or of a later offkey.
    """
    return read_archive(Path(path), TYPES, _identifier)


def _identifier(content: dict[str, Any]) -> Identifier:
    return Identifier(
        types=tuple(content["types"]),
        model=TypeModel.from_state(content),
        rate=int(content["rate"]),
        channel=content["channel"],
        fitted_on=TypesFittedOn.model_validate(content["fitted_on"]),
    )
