"""The data set as pages know it: clips by id, and the one gate to their files.

A page names a clip by a digest, never by a path, and what lies outside the data set's folder is not read,
whatever a table lists or a symbolic link leads to.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from offkey.audio import FileRecording
from offkey.datasets import read_dataset
from offkey.datasets.attributes import attribute_pairs
from offkey.errors import AudioError
from offkey.tables import path_of
from offkey.web.failures import PageError

__all__ = ["Library", "open_library"]

_MOST_ATTRIBUTES = 12
_OWN = """
id name row q sort order page selection quality column colour projection
own_label comment embedding file score p_value anomalous learnt
seconds level_db peak_db rate channels clipped silent_channels digest error size mtime_ns
"""
_OWN_COLUMNS = frozenset(_OWN.split())  # of the explorer's table and addresses; a data set's are renamed
_ESCAPED = re.compile(r"\\x([89a-f][0-9a-f])")


class Library:
    """The clips of a data set.

    `table` has the clips without ``file``: on the left ``id`` and ``name``, the path from the folder; on the right a
    column for each parameter in ``attributes``, such as ``"vel"``. Columns without any value are left out.
    """

    def __init__(self, dataset: str, root: Path, clips: pl.DataFrame) -> None:
        self.dataset = dataset
        self.root = Path(os.path.realpath(root))
        self.clips = clips
        paths = [path_of(file) for file in clips["file"]]
        names = [_name(Path(file), Path(root).absolute()) for file in clips["file"]]
        ids = _ids(names, clips)
        self._given = dict(zip(ids, paths, strict=True))
        self._names = dict(zip(ids, names, strict=True))
        by_name: dict[str, str] = {}
        for identity, name in self._names.items():
            by_name.setdefault(name, identity)
        self._by_name = by_name
        counts = Counter(name.rpartition("/")[2] for name in by_name)
        bare = {name.rpartition("/")[2]: identity for name, identity in by_name.items()}
        self._alone = {name: identity for name, identity in bare.items() if counts[name] == 1}
        known = [
            clips[name].alias(f"{name} (table)" if name in _OWN_COLUMNS else name)
            for name in clips.columns
            if name != "file" and clips[name].null_count() < len(clips)
        ]
        known += _folder(names, {column.name for column in known})
        attributes = _attributes(clips, taken=set(clips.columns))
        self.attributes = [column.name for column in attributes]
        self.table = clips.select(
            pl.Series("id", ids, dtype=pl.String), pl.Series("name", names, dtype=pl.String), *known, *attributes
        )

    def __len__(self) -> int:
        return len(self._given)

    @property
    def ids(self) -> list[str]:
        """Ids of the clips, in the order of the table."""
        return list(self._given)

    def name(self, clip: str) -> str:
        """Return the path of a clip from the data set's folder."""
        if clip not in self._names:
            raise PageError(404, f"There is no clip {clip[:40]!r} in this data set.")
        return self._names[clip]

    def find(self, name: str, *, bare: bool = False) -> str | None:
        """Return the id of the clip with this path, whole or from the data set's folder, or None.

        With `bare`, the file's name alone suffices where only one clip has it.
        """
        if name in self._by_name:
            return self._by_name[name]
        path = name.replace("\\", "/")
        path = path.removeprefix(f"{self.root.as_posix()}/").removeprefix("./")
        alone = self._alone.get(path) if bare else None
        return self._by_name.get(path, alone)

    def path(self, clip: str) -> Path:
        """Return the file of a clip; a PageError if it is gone (404) or outside the data set's folder (403)."""
        name = self.name(clip)
        path = _native(self._given[clip])
        real = Path(os.path.realpath(path))
        if not real.is_relative_to(self.root):
            raise PageError(403, f"{name} leads out of the data set's folder, and is not read: copy the clip into it.")
        if not real.is_file():
            what = "is no file" if real.exists() else "is not there any more"
            raise PageError(404, f"The clip {name} {what}.")
        return real

    def recording(self, clip: str) -> FileRecording:
        """Open a clip, which errors name as in the table."""
        path = self.path(clip)
        try:
            return FileRecording(path)
        except AudioError as error:
            raise AudioError(self.redacted(clip, path, str(error))) from error

    def redacted(self, clip: str, path: Path, message: str) -> str:
        """Return a message with a clip's path from the data set's folder instead of the whole path."""
        return message.replace(str(path), self.name(clip))


def open_library(dataset: str, root: Path, machines: Sequence[str] | None = None) -> Library:
    """Read a data set; for ``"table"``, `root` is the table's file, and its folder is that of the data set."""
    real = Path(os.path.realpath(root))  # one spelling of the folder, whatever the current one and links are
    clips = read_dataset(dataset, real, machines=machines)
    return Library(dataset, real.parent if dataset == "table" else real, clips)


def _name(path: Path, root: Path) -> str:
    whole = path.absolute()
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else str(path)


def _folder(names: list[str], known: set[str]) -> list[pl.Series]:
    """Return the folder of each clip as a column, where there are several and no layout says what they mean."""
    folders = [name.rpartition("/")[0] or "." for name in names]
    if known & {"machine", "split", "folder"} or not 1 < len(set(folders)) < len(folders):
        return []
    return [pl.Series("folder", folders, dtype=pl.String)]


def _attributes(clips: pl.DataFrame, taken: set[str]) -> list[pl.Series]:
    """Return a column for each of the commonest parameters that the attributes of clips name."""
    pairs_of_clips = [dict(attribute_pairs(text)) for text in clips["attributes"]]
    counts = Counter(name for one in pairs_of_clips for name in one)
    names = [name for name, _ in counts.most_common(_MOST_ATTRIBUTES) if name not in taken | _OWN_COLUMNS]
    return [pl.Series(name, [one.get(name) for one in pairs_of_clips], dtype=pl.String) for name in sorted(names)]


def _ids(names: list[str], clips: pl.DataFrame) -> list[str]:
    """Return a digest of each clip's name; where a clip stands in several rows, of the row as well."""
    counts = Counter(names)
    keys: list[tuple[Any, ...]] = [(name,) for name in names]
    if len(counts) < len(names):
        pairs_of_clips = clips.select("machine", "section").rows()
        keys = [(name, *row) if counts[name] > 1 else (name,) for name, row in zip(names, pairs_of_clips, strict=True)]
    return [hashlib.blake2b(repr(key).encode(), digest_size=8).hexdigest() for key in keys]


def _native(path: Path) -> Path:
    """Return the path with the bytes that a table holds as backslash escapes."""
    if "\\x" not in str(path) or path.exists():
        return path
    return Path(_ESCAPED.sub(lambda match: chr(0xDC00 + int(match[1], 16)), str(path)))
