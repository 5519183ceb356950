"""The clips of a run, wherever they lie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from offkey.audio import CLIP_SUFFIXES, Recording, RemoteRecording, find_clips
from offkey.errors import UsageError
from offkey.folders import is_remote, remote_files
from offkey.tables import path_text

__all__ = ["ClipRef", "list_clips"]


@dataclass(frozen=True, order=True)
class ClipRef:
    """A clip by name, and in what state it was when it was listed.

    Parameters
    ----------
    name : str
        Path or URL.
    state : str
        Size, and time of change or the store's own tag: another state is another clip.
    """

    name: str
    state: str

    @property
    def text(self) -> str:
        """The name as results have it: with escapes for bytes that are not UTF-8."""
        return path_text(self.name)

    def source(self) -> Path | Recording:
        """Return the clip, to be read."""
        return RemoteRecording(self.name) if is_remote(self.name) else Path(self.name)


def list_clips(inputs: Iterable[str]) -> list[ClipRef]:
    """List the clips that files, folders and URLs stand for, each once, in the order of names.

    Parameters
    ----------
    inputs : iterable of str
        Files, folders, or URLs of either.

    Returns
    -------
    list of ClipRef
        At least one.

    Raises
    ------
    UsageError
        If an input does not exist or holds no clip.
    """
    found: dict[str, ClipRef] = {}
    for given in inputs:
        refs = _remote_refs(given) if is_remote(given) else map(_local_ref, find_clips([given]))
        found.update((ref.name, ref) for ref in refs)
    if not found:
        raise UsageError("There is no clip to work on: expected files, folders or URLs, found none.")
    return [found[name] for name in sorted(found)]


def _local_ref(path: Path) -> ClipRef:
    try:
        state = path.stat()
    except OSError:
        return ClipRef(str(path), "missing")  # it gets its row with an error
    return ClipRef(str(path), f"{state.st_size}-{state.st_mtime_ns}")


def _remote_refs(url: str) -> list[ClipRef]:
    files = [ClipRef(name, state) for name, state in remote_files(url).items()]
    refs = [file for file in files if PurePosixPath(file.name).suffix.lower() in CLIP_SUFFIXES]
    if not refs:
        raise UsageError(f"{url} holds no clip: expected files ending in {' '.join(sorted(CLIP_SUFFIXES))}.")
    return refs
