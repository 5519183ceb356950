"""The clips of a run, wherever they lie."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from offkey.audio import CLIP_SUFFIXES, Channel, FileRecording, Recording, find_clips
from offkey.audio.recording import Samples
from offkey.errors import AudioError, OffkeyError, UsageError
from offkey.folders import file_system, is_remote

__all__ = ["ClipRef", "RemoteRecording", "list_clips"]

_TRIES = 4
_FIRST_WAIT_S = 0.5


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
        return os.fsencode(self.name).decode("utf-8", "backslashreplace")

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


class RemoteRecording:
    """A sound file in an object store, fetched once, when it is first looked at.

    Parameters
    ----------
    url : str
        Where it lies.
    """

    def __init__(self, url: str) -> None:
        self.name = url

    @property
    def rate(self) -> int:
        """Sampling rate in Hz; an AudioError says what is wrong with the file."""
        return self._fetched.rate

    @property
    def seconds(self) -> float | None:
        """Length in seconds, None if only reading on can tell."""
        return self._fetched.seconds

    def blocks(self, channel: Channel) -> Iterator[Samples]:
        """Yield the sound of one channel; see `Recording.blocks`."""
        return self._fetched.blocks(channel)

    def digest(self) -> str:
        """Return the SHA-256 of the file's bytes."""
        return self._fetched.digest()

    @cached_property
    def _fetched(self) -> FileRecording:
        self._file = tempfile.NamedTemporaryFile(suffix=PurePosixPath(self.name).suffix)  # noqa: SIM115 - lives as long as this
        self._file.write(_bytes_of(self.name))
        self._file.flush()
        return FileRecording(Path(self._file.name), name=self.name)


def _bytes_of(url: str) -> bytes:
    """Fetch a file; a store that does not answer is asked again, since that says nothing about the clip."""
    system, path = file_system(url)
    for attempt in range(_TRIES):
        try:
            content: bytes = system.cat_file(path)
        except FileNotFoundError as error:
            raise AudioError(f"{url} cannot be read: there is no such file.") from error
        except PermissionError as error:
            raise AudioError(f"{url} cannot be read: the store refuses it.") from error
        except Exception as error:
            if attempt == _TRIES - 1:
                raise OffkeyError(f"{url} cannot be fetched after {_TRIES} tries: {error}.") from error
            time.sleep(_FIRST_WAIT_S * 2**attempt)
        else:
            return content
    raise AssertionError


def _local_ref(path: Path) -> ClipRef:
    try:
        state = path.stat()
    except OSError:
        return ClipRef(str(path), "missing")  # it gets its row with an error
    return ClipRef(str(path), f"{state.st_size}-{state.st_mtime_ns}")


def _remote_refs(url: str) -> list[ClipRef]:
    system, path = file_system(url)
    protocol = url.partition("://")[0]
    try:
        info = system.info(path)
        found = {path: info} if info["type"] == "file" else system.find(path, detail=True)
    except FileNotFoundError:
        found = {}
    except Exception as error:
        raise UsageError(f"{url} cannot be listed: {error}.") from error
    refs = [
        ClipRef(f"{protocol}://{name.lstrip('/')}", f"{info.get('size')}-{_version(info)}")
        for name, info in found.items()
        if PurePosixPath(name).suffix.lower() in CLIP_SUFFIXES
    ]
    if not refs:
        raise UsageError(f"{url} holds no clip: expected files ending in {' '.join(sorted(CLIP_SUFFIXES))}.")
    return refs


def _version(info: Mapping[str, Any]) -> str:
    """Return the store's tag of a file's content, or when it changed; each driver has names of its own."""
    return next((str(info[key]) for key in ("ETag", "etag", "mtime", "last_modified") if info.get(key)), "")
