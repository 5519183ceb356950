"""Sound in an object store."""

from __future__ import annotations

import os
import tempfile
import time
import weakref
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath

from offkey.audio.channel import Channel, Samples
from offkey.audio.recording import FileRecording
from offkey.errors import AudioError, OffkeyError
from offkey.work.folders import file_system

__all__ = ["RemoteRecording"]

_TRIES = 4
_FIRST_WAIT_S = 0.5


class RemoteRecording:
    """A sound file in an object store, fetched when it is first looked at, and kept as long as this lives."""

    def __init__(self, url: str) -> None:
        self.name = url

    @property
    def rate(self) -> int:
        """Sampling rate in Hz; an AudioError says what is wrong with the file."""
        return self._fetched.rate

    @property
    def seconds(self) -> float | None:
        """Length in seconds, None if only reading to the end can show it."""
        return self._fetched.seconds

    def blocks(self, channel: Channel) -> Iterator[Samples]:
        """Yield the sound of one channel; see `Recording.blocks`."""
        return self._fetched.blocks(channel)

    def every_channel(self, start_s: float = 0.0, end_s: float | None = None) -> Iterator[Samples]:
        """Yield the sound of all channels; see `Recording.every_channel`."""
        return self._fetched.every_channel(start_s, end_s)

    def digest(self) -> str:
        """Return the SHA-256 of the file's bytes."""
        return self._fetched.digest()

    @cached_property
    def _fetched(self) -> FileRecording:
        handle, path = tempfile.mkstemp(PurePosixPath(self.name).suffix)
        os.close(handle)
        weakref.finalize(self, Path(path).unlink, missing_ok=True)
        _fetch(self.name, path)
        return FileRecording(Path(path), name=self.name)


def _fetch(url: str, to: str) -> None:
    """Fetch a file; a store that does not answer is asked again, since that says nothing about the clip.

    It goes to the disk in blocks. fsspec's simplecache would ask first whether there is such a file, one request more
    for each clip, and take a store that does not answer for one without it.
    """
    system, path = file_system(url)
    for attempt in range(_TRIES):
        try:
            system.get_file(path, to)
        except FileNotFoundError as error:
            raise AudioError(f"{url} cannot be read: there is no such file.") from error
        except PermissionError as error:
            raise AudioError(f"{url} cannot be read: the store refuses it.") from error
        except Exception as error:
            if attempt == _TRIES - 1:
                raise OffkeyError(f"{url} cannot be fetched after {_TRIES} tries: {error}.") from error
            time.sleep(_FIRST_WAIT_S * 2**attempt)
        else:
            return
