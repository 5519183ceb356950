"""A data set in an object store: its names say what a plan needs, so that a folder of this machine can stand in."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from offkey.audio import is_clip_name
from offkey.errors import DataError, OffkeyError
from offkey.experiments.cell import Cell, Clip
from offkey.work.folders import open_folder, remote_files

if TYPE_CHECKING:
    from offkey.experiments.plan import Plan

__all__ = ["planned_remotely"]

_TABLES = (".csv", ".txt", ".parquet")


def planned_remotely(url: str, plan: Callable[[Path], Plan], *, whole: bool) -> Plan:
    """Plan a data set in an object store.

    Parameters
    ----------
    url : str
        The data set's folder, or the table's file.
    plan : callable
        Plans a data set of this machine.
    whole : bool
        Whether the URL names the folder; else it names a table in it.

    Returns
    -------
    Plan
        Its clips have URLs; their keys hold the store's tags.

    Raises
    ------
    DataError
        If there is nothing, or the data set is not as it must be.
    """
    url = url.rstrip("/")
    base = url if whole else url.rpartition("/")[0]
    files = {name.removeprefix(f"{base}/"): state for name, state in remote_files(base).items()}
    with tempfile.TemporaryDirectory() as folder:
        _lay_out(base, files, Path(folder))
        try:
            made = plan(Path(folder) if whole else Path(folder) / url.rpartition("/")[2])
        except OffkeyError as error:
            raise type(error)(str(error).replace(folder, base)) from error

    def located(clip: Clip) -> Clip:
        if not clip.path.is_relative_to(folder):
            raise DataError(f"The table {url} names {clip.path.as_posix()}: expected a path relative to {base}.")
        inside = clip.path.relative_to(folder).as_posix()
        return replace(clip, url=f"{base}/{inside}", key=f"{clip.name}|{files.get(inside, 'missing')}")

    def moved(cell: Cell) -> Cell:
        train, test, noise = (tuple(map(located, clips)) for clips in (cell.train, cell.test, cell.noise))
        return replace(cell, train=train, test=test, noise=noise)

    return replace(made, cells=tuple(map(moved, made.cells)))


def _lay_out(base: str, files: dict[str, str], folder: Path) -> None:
    """Make a folder with the names of all clips, empty, and with the tables and lists, whole."""
    for name in files:
        inside = PurePosixPath(name)
        if ".." in inside.parts or not (is_clip_name(inside.name) or inside.suffix.lower() in _TABLES):
            continue
        target = folder / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        if inside.suffix.lower() in _TABLES:
            target.write_bytes(open_folder(f"{base}/{name}".rpartition("/")[0]).read(inside.name) or b"")
        else:
            target.touch()
