"""The normal sound of a machine as clips in a folder: what it is learnt from."""

from __future__ import annotations

import io
import shutil
from itertools import count
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from offkey.audio.channel import Samples
from offkey.errors import AudioError, OffkeyError
from offkey.files import make_folder, write_bytes
from offkey.watch.local_time import utc_stamp

__all__ = ["NormalSet", "file_name", "write_clip"]

_JOINED = "joined"
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

    def join(self, clip: Path, name: str) -> Path:
        """Put the clip of an event beside those that were learnt.

        Parameters
        ----------
        clip : Path
            A sound file.
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
        try:
            content = clip.read_bytes()
        except OSError as error:
            raise AudioError(f"The clip {clip} cannot be read: {error.strerror or error}.") from error
        write_bytes(joined, content)
        return joined

    def _folders(self, kind: str) -> list[Path]:
        return sorted(one for one in self.path.glob(f"{kind}-*Z") if one.is_dir())


def file_name(machine: str) -> str:
    """Return a name for files of a machine, which no other machine has and no folder is hidden behind."""
    return quote(machine, safe=" ").replace(".", "%2E")


def write_clip(folder: Path, at: float, samples: Samples, rate: int) -> None:
    """Write a clip that began at a time in seconds since 1970 UTC; samples of shape (n, channels).

    Its name is that time; recordings that were copied together have the same, and get a number.

    Raises
    ------
    OffkeyError
        If it cannot be written, such as on a full disk.
    """
    import soundfile

    content = io.BytesIO()  # libsndfile would print an error of the disk as a traceback, and go on
    try:
        soundfile.write(content, samples, rate, format="FLAC", subtype="PCM_16")
    except soundfile.LibsndfileError as error:
        raise OffkeyError(f"A clip cannot be written to {folder}: {error}.") from error
    paths = (folder / f"{utc_stamp(at)}{f'-{number}' if number > 1 else ''}.flac" for number in count(1))
    write_bytes(next(path for path in paths if not path.exists()), content.getvalue())
