"""Checks of outputs: each is a place that can be written to, and never one of the inputs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from offkey.errors import OffkeyError, UsageError
from offkey.tables import path_of

__all__ = ["check_not_inputs", "check_not_inside", "check_target"]


def check_target(option: str, path: Path) -> None:
    """Check, before long work, that a file can be written where an option says."""
    if os.path.isdir(path):  # noqa: PTH112 - that of Path raises where a folder may not be entered, or a name is long
        raise UsageError(f"The option {option} must name a file, but {path} is a folder.")
    if not os.path.isdir(path.absolute().parent):  # noqa: PTH112
        raise UsageError(
            f"The option {option} names {path}, but the folder {path.parent} does not exist: make it first."
        )
    folder = os.path.dirname(os.path.realpath(path))  # noqa: PTH120 - files are written beside what a link leads to
    if not os.access(folder, os.W_OK) and (os.path.isfile(path) or not os.path.exists(path)):  # noqa: PTH110, PTH113
        raise UsageError(
            f"The option {option} names {path}, but the folder {folder} cannot be written to: choose another."
        )


def check_not_inputs(
    outputs: Mapping[str, Path | Iterable[Path] | None], inputs: Iterable[str | os.PathLike[str] | None]
) -> None:
    """Check, before the work, that no output is one of the inputs or another output, by whatever path or link.

    Inputs are files; tables, with the clips that they list; and folders, with their clips and tables of attributes.
    They are read only where an output exists already: one that does not cannot be an input.
    """
    _check_distinct({option: named for option, named in outputs.items() if isinstance(named, Path)})
    there: dict[tuple[int, int], tuple[str, Path]] = {}
    for option, named in outputs.items():
        paths = () if named is None else (named,) if isinstance(named, Path) else named
        there.update({identity: (option, path) for path in paths if (identity := _identity(path))})
    if not there:
        return
    for path in _files(inputs):
        existing = there.get(_identity(path) or (0, 0))
        if existing is not None:
            raise UsageError(
                f"The option {existing[0]} names {existing[1]}, which is one of the inputs: choose another name."
            )


def _check_distinct(outputs: Mapping[str, Path]) -> None:
    """Check that no two options name one file, of which the later would replace the earlier."""
    seen: dict[str, str] = {}
    for option, path in outputs.items():
        other = seen.setdefault(os.path.realpath(path), option)
        if other != option:
            raise UsageError(f"The options {other} and {option} both name {path}: choose another name for one of them.")


def check_not_inside(option: str, folder: Path, inputs: Iterable[str | os.PathLike[str] | None]) -> None:
    """Check, before the work, that a folder whose files are replaced holds none of the inputs."""
    if not folder.is_dir():
        return
    whole = Path(os.path.realpath(folder))
    for path in _files(inputs):
        if Path(os.path.realpath(path)).is_relative_to(whole):
            raise UsageError(
                f"The option {option} would replace the files in {folder}, which holds {path}, one of the inputs: "
                "choose another name."
            )


def _identity(path: str | os.PathLike[str]) -> tuple[int, int] | None:
    """Return the identity of an existing file, the same by whatever path."""
    try:
        status = path_of(path).stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def _files(inputs: Iterable[str | os.PathLike[str] | None]) -> Iterator[str | os.PathLike[str]]:
    from offkey.audio import find_clips
    from offkey.cli.inputs import TABLE_SUFFIXES

    for entry in inputs:
        if entry is None:
            continue
        yield entry
        path = Path(entry)
        with suppress(OffkeyError):  # the command itself says what is wrong with its inputs
            if path.is_dir():
                yield from path.rglob("attributes_*.csv")
                yield from find_clips([path])
            elif path.suffix.lower() in TABLE_SUFFIXES and path.is_file():
                from offkey.datasets.table import read_table

                yield from read_table(path)["file"].to_list()
