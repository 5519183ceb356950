"""The identity of a clip: its name and the state it was in, so that a clip that changed counts as another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from offkey.audio import Recording, RemoteRecording
from offkey.hearing.source import Source, source_name
from offkey.tables import path_text
from offkey.work.folders import is_remote

__all__ = ["FileState", "Identity", "digest_of_all"]

_MISSING = ("missing",)


class FileState(NamedTuple):
    """The state of a file, which changes when another takes its place; it is known without reading."""

    size: int  # in bytes
    changed_ns: int  # time of the last change in nanoseconds

    @classmethod
    def of(cls, path: Path) -> Self | None:
        """Return the state of a file, None if it is not there."""
        try:
            found = path.stat()
        except OSError:
            return None
        return cls(found.st_size, found.st_mtime_ns)


@dataclass(frozen=True, order=True)
class Identity:
    """A clip by name, and in what state it was when it was looked at.

    `state`: of a file size and time of change, of an object in a store its size with the store's tag, of sound in
        memory its digest, of a file that is not there the word ``"missing"``.
    """

    name: str
    state: tuple[str, ...]

    @classmethod
    def of_file(cls, path: Path, name: str | None = None) -> Self:
        """Return the identity of a file as it is now; its name is its path unless another is given."""
        state = FileState.of(path)
        return cls(str(path) if name is None else name, _MISSING if state is None else tuple(map(str, state)))

    @classmethod
    def of_object(cls, name: str, tag: str | None) -> Self:
        """Return the identity of an object in a store, by the facts of `offkey.work.folders.remote_files`."""
        return cls(name, _MISSING if tag is None else (tag,))

    @classmethod
    def of_source(cls, source: Source) -> Self:
        """Return the identity of a source as it is now; sound that is no file is read for it."""
        name = source_name(source)
        return cls.of_file(source, name) if isinstance(source, Path) else cls(name, (source.digest(),))

    @property
    def text(self) -> str:
        """The name as results have it: with escapes for bytes that are not UTF-8."""
        return path_text(self.name)

    @property
    def key(self) -> str:
        """The key in the parts of a run, which no other clip and no other state of this one has."""
        return f"{self.name}\0{'-'.join(self.state)}"

    @property
    def text_key(self) -> str:
        """The same as benchmarks and the caches of front ends keep it: ``name|size|time of change``."""
        return "|".join((self.name, *self.state))

    def source(self) -> Path | Recording:
        """Return the clip, to be read; its name must be its path or URL."""
        return RemoteRecording(self.name) if is_remote(self.name) else Path(self.name)


def digest_of_all(digests: Iterable[str]) -> str:
    """Return one digest of recordings, the same whatever their order, by the digest of each."""
    return hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()
