"""The editions of DCASE Challenge Task 2: a file each, and nothing else knows them by name.

Files beside this one, and those in the folder that the environment variable `FOLDER_VARIABLE` names. A file says
how clips are named, how many there are, where archives lie, how the official score is computed, what a submission
looks like, and which results are published; all in a closed vocabulary (`offkey.datasets.editions.edition`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from offkey.errors import DataError, UsageError

if TYPE_CHECKING:  # help texts name the editions, and need not read them
    from offkey.datasets.editions.edition import Edition
    from offkey.datasets.editions.published import PublishedSet

__all__ = [
    "FOLDER_VARIABLE",
    "edition_names",
    "edition_span",
    "find_edition",
    "how_to_add",
    "machine_types",
    "published_set",
    "published_sets",
]

FOLDER_VARIABLE = "OFFKEY_EDITIONS"
"""Environment variable: a folder with more editions, one file each."""

_NAME = re.compile(r"dcase20\d\d", re.ASCII)
_HERE = Path(__file__).parent
_OTHERS = ("mimii",)  # published sets that are no edition


def edition_names() -> list[str]:
    """Return the names of all editions, by year; no file is opened.

    Returns
    -------
    list of str
        Such as ``"dcase2020"``, including editions in the user's own folder.

    Raises
    ------
    DataError
        If the folder named by `FOLDER_VARIABLE` does not exist, or a file in it has a name that is invalid or taken.

    Examples
    --------
    >>> from offkey.datasets import edition_names
    >>> edition_names()[0]
    'dcase2020'
    """
    return list(_files(os.environ.get(FOLDER_VARIABLE, "")))


def edition_span(prefix: str = "dcase") -> str:
    """Return in a few words which editions there are: ``"dcase2020 to dcase2026"``."""
    names = edition_names()
    return f"{names[0]} to {names[-1]}".replace("dcase", prefix)


def find_edition(edition: int | str) -> Edition:
    """Return an edition.

    `edition`: the year, or its name as in ``"2023"`` or ``"dcase2023"``.
    """
    name = f"dcase{str(edition).lower().removeprefix('dcase')}"
    found = _files(os.environ.get(FOLDER_VARIABLE, "")).get(name)
    if found is None:
        years = ", ".join(one.removeprefix("dcase") for one in edition_names())
        raise UsageError(f"There is no edition {edition!r}: expected one of {years}.{how_to_add(name)}")
    return _edition(found)


def how_to_add(name: str) -> str:
    """Return the sentence that says how an edition is added; empty where a name is none of an edition."""
    if not _NAME.fullmatch(name):
        return ""
    return f" A file {name}.toml in the folder that the variable {FOLDER_VARIABLE} names would add it."


def published_set(dataset: str) -> PublishedSet:
    """Return what is published of a data set, an edition or another; empty where nothing is known."""
    if dataset in _OTHERS:
        return _other(dataset)
    if dataset in edition_names():
        return find_edition(dataset)
    from offkey.datasets.editions.published import PublishedSet

    return PublishedSet(dataset)


def published_sets() -> list[PublishedSet]:
    """Return all that are known, the editions by year first."""
    return [published_set(name) for name in (*edition_names(), *_OTHERS)]


def machine_types() -> Mapping[str, str]:
    """Return the machine types of all editions, in the organisers' spelling, by their names in lower case."""
    return _machine_types(os.environ.get(FOLDER_VARIABLE, ""))


@cache
def _machine_types(more: str) -> dict[str, str]:
    found = [machine for path in _files(more).values() for machine in _edition(path).machines_of()]
    return {machine.lower(): machine for machine in found}


@cache
def _files(more: str) -> dict[str, Path]:
    """Return the files by name, those of a folder of the user's included."""
    found = {path.stem: path for path in _HERE.glob("dcase*.toml")}
    folder = Path(more).expanduser() if more else _HERE
    if not folder.is_dir():
        raise DataError(f"The variable {FOLDER_VARIABLE} must name a folder of editions: {folder} is none.")
    for path in sorted(folder.glob("dcase*.toml")) if more else ():
        if not _NAME.fullmatch(path.stem):
            raise DataError(f"The edition {path} must be named after its year, as in dcase2027.toml.")
        if path.stem in found:
            raise DataError(f"The edition {path} is there already, as {found[path.stem]}: remove one of them.")
        found[path.stem] = path
    return dict(sorted(found.items()))


@cache
def _edition(path: Path) -> Edition:
    from offkey.datasets.editions.edition import read_edition

    return read_edition(path)


@cache
def _other(name: str) -> PublishedSet:
    from offkey.datasets.editions.edition import read_set

    return read_set(_HERE / f"{name}.toml")
