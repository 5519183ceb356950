"""The normal sound of a machine as clips in a folder: what it is learnt from."""

from __future__ import annotations

import io
import shutil
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from offkey.audio.channel import Samples
from offkey.errors import AudioError
from offkey.files import make_folder, write_bytes
from offkey.watch.local_time import utc_stamp

__all__ = ["NormalSet", "file_name", "flac_of", "write_clip"]

_JOINED = "joined"
_LONGEST, _KEPT_OF_LONG = 200, 120  # letters of the name of a file
_KEPT = {"learnt": 1, "shadow": 0}  # folders of a kind beside the newest


class NormalSet:
    """The clips of one machine: those that were learnt, those of its shadow, and those that people called normal since.

    Each learning and each shadow has a folder of its own, named by when it began. The newest counts; of learnings the
    one before is kept, too.

    Parameters
    ----------
    folder : Path
        The folder of the plant; the clips lie in its folder ``normal``.
    machine : str
        Name of the machine.
    """

    def __init__(self, folder: Path, machine: str) -> None:
        self.path = folder / "normal" / file_name(machine)

    def clips(self) -> list[Path]:
        """Return the clips of the newest learning and the newest shadow, and those that joined since."""
        newest = [folders[-1] for kind in _KEPT if (folders := self._folders(kind))]
        return [clip for folder in (*newest, self.path / _JOINED) for clip in sorted(folder.glob("*.flac"))]

    def begin(self, kind: Literal["learnt", "shadow"], since: float) -> Path:
        """Make the folder of a learning or a shadow that began at a time in seconds since 1970 UTC, unless it is there.

        What is older than the one before is removed, and for a new learning what had joined.

        Raises
        ------
        OffkeyError
            If the folder cannot be made.
        """
        folder = self.path / f"{kind}-{utc_stamp(since)}"
        if not folder.is_dir():
            before = self._folders(kind)
            old = [*before[: len(before) - _KEPT[kind]], *([self.path / _JOINED] if kind == "learnt" else [])]
            for one in old:
                shutil.rmtree(one, ignore_errors=True)
            make_folder(folder)
        return folder

    def join(self, clip: Path | bytes, name: str) -> Path:
        """Put the clip of an event beside those that were learnt.

        Parameters
        ----------
        clip : Path or bytes
            A FLAC file, or its content.
        name : str
            By which it is known there, such as that of its event.

        Raises
        ------
        AudioError
            If it cannot be read.
        OffkeyError
            If it cannot be written.
        """
        make_folder(self.path / _JOINED)
        joined = self.path / _JOINED / f"{name}.flac"
        write_bytes(joined, clip if isinstance(clip, bytes) else _content(clip))
        return joined

    def _folders(self, kind: str) -> list[Path]:
        return sorted(one for one in self.path.glob(f"{kind}-*Z") if one.is_dir())


def _content(clip: Path) -> bytes:
    try:
        return clip.read_bytes()
    except OSError as error:
        raise AudioError(f"The clip {clip} cannot be read: {error.strerror or error}.") from error


def file_name(machine: str) -> str:
    """Return a name for files of a machine, which no other machine has and no folder is hidden behind.

    Of one that file systems find too long a digest stands in place of the end.
    """
    name = quote(machine, safe=" ").replace(".", "%2E")
    return name if len(name) <= _LONGEST else f"{name[:_KEPT_OF_LONG]}-{sha256(machine.encode()).hexdigest()[:16]}"


def write_clip(folder: Path, at: float, samples: Samples, rate: int) -> None:
    """Write a clip that began at a time in seconds since 1970 UTC; samples of shape (n, channels).

    Its name is that time; recordings that were copied together have the same, and get a number.

    Raises
    ------
    OffkeyError
        If it cannot be written, such as on a full disk.
    """
    content = flac_of(samples, rate)
    paths = (folder / f"{utc_stamp(at)}{f'-{number}' if number > 1 else ''}.flac" for number in count(1))
    write_bytes(next(path for path in paths if not path.exists()), content)


def flac_of(samples: Samples | NDArray[np.int16], rate: int) -> bytes:
    """Return samples of shape (n, channels) as the content of a FLAC file of 16 bits; an AudioError where it cannot be.

    In memory, since libsndfile would print an error of the disk as a traceback, and go on.
    """
    import soundfile

    content = io.BytesIO()
    try:
        soundfile.write(content, samples, rate, format="FLAC", subtype="PCM_16")
    except soundfile.LibsndfileError as error:
        raise AudioError(
            f"Sound of {samples.shape[1]} channels at {rate} Hz is no FLAC ({error}): at most 8 channels fit."
        ) from error
    return content.getvalue()
