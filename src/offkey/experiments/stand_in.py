"""A data set in an object store: its names say what a plan needs, so that a folder of this machine can stand in."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from offkey.audio import is_clip_name
from offkey.errors import DataError, OffkeyError
from offkey.experiments.cell import Cell, Clip
from offkey.hearing.identity import Identity
from offkey.work.folders import open_folder, remote_files

__all__ = ["StandIn", "standing_in"]

_TABLES = (".csv", ".txt", ".parquet")


@dataclass(frozen=True)
class StandIn:
    """A folder that has the names of a data set in a store."""

    root: Path
    folder: Path
    url: str
    files: dict[str, str]

    def located(self, cell: Cell) -> Cell:
        """Return a cell whose clips have URLs, and the store's tags in their keys."""
        train, test, noise = (tuple(map(self._located, clips)) for clips in (cell.train, cell.test, cell.noise))
        return replace(cell, train=train, test=test, noise=noise)

    def _located(self, clip: Clip) -> Clip:
        if not clip.path.is_relative_to(self.folder):
            raise DataError(
                f"The table {self.url}/{self.root.name} names {clip.path.as_posix()}: expected a path relative to "
                f"{self.url}."
            )
        inside = clip.path.relative_to(self.folder).as_posix()
        identity = Identity.of_object(clip.name, self.files.get(inside))
        return replace(clip, url=f"{self.url}/{inside}", key=identity.text_key)


@contextmanager
def standing_in(url: str, *, whole: bool) -> Iterator[StandIn]:
    """Let a folder stand in for a data set in an object store; what is said of the folder is said of the store."""
    url = url.rstrip("/")
    base = url if whole else url.rpartition("/")[0]
    files = {name.removeprefix(f"{base}/"): state for name, state in remote_files(base).items()}
    with tempfile.TemporaryDirectory() as folder:
        _lay_out(base, files, Path(folder))
        root = Path(folder) if whole else Path(folder) / url.rpartition("/")[2]
        try:
            yield StandIn(root, Path(folder), base, files)
        except OffkeyError as error:
            raise type(error)(str(error).replace(folder, base)) from error


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
