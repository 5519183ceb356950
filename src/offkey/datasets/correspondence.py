"""Attributes that were hidden during a challenge and published after it, since 2024.

``<machine>/attributes_00_train_correspondence.csv`` and ``..._test_correspondence.csv`` have the header
``source_file_name,target_file_name``: the name with its attributes, and the name that was published.
Rules of a challenge forbid what it hid, so they are read only when a user asks for them.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from offkey.datasets.names import parse_name
from offkey.errors import DataError
from offkey.tables import read_lines

__all__ = ["hidden_attributes"]

_HEADER = ["source_file_name", "target_file_name"]


def hidden_attributes(folder: str | PathLike[str]) -> dict[tuple[str, str], str]:
    """Read all correspondence files under a folder.

    `folder`: it holds ``<machine>/attributes_<section>_<split>_correspondence.csv`` at any depth.
    """
    folder = Path(folder)
    files = sorted(folder.rglob("attributes_*_correspondence.csv"))
    if not files:
        raise DataError(f"The folder {folder} holds no attributes_<section>_<split>_correspondence.csv.")
    result: dict[tuple[str, str], str] = {}
    for file in files:
        for line, row in read_lines(file, "list of hidden attributes", official=True):
            if line == 1 and row == _HEADER:
                continue
            attributes = parse_name(row[0]).attributes if len(row) == 2 else None
            if line == 1 or attributes is None:
                raise DataError(f"{file}, line {line}: expected {','.join(_HEADER)}, found {','.join(row)!r}.")
            key = (file.parent.name, row[1])
            if key in result:
                raise DataError(f"{file}, line {line}: {row[1]} is listed twice; each clip must be listed once.")
            result[key] = attributes
    return result
