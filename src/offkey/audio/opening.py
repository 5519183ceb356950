"""Opening a sound file: is it one, is it whole, and who decodes it."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, TypeAlias

from offkey.audio.containers import ContainerError, Form, Promise, promise_of, sound_end
from offkey.audio.phone import PhoneFile, demuxer_of
from offkey.audio.walk import list_folder
from offkey.errors import AudioError

if TYPE_CHECKING:
    from soundfile import SoundFile

__all__ = ["UNKNOWN_FRAMES", "Decoder", "Opening", "examine"]

Decoder: TypeAlias = "SoundFile | PhoneFile"

UNKNOWN_FRAMES = 1 << 48
"""A decoder that cannot know the length reports one beyond any recording."""

_HEAD = 512
_LFS = b"version https://git-lfs"
_HTML = (b"<!doctype html", b"<html")


class Opening(NamedTuple):
    """The way to open a sound file, as often as it is read.

    `bare`: how the samples are written, and where their bytes start and end, if the decoder would not read them to
        their end by the header.
    """

    path: Path
    name: str
    demuxer: str | None = None  # its container for FFmpeg, if that decodes it
    bare: tuple[Form, int, int] | None = None

    def open(self) -> Decoder:
        """Open the file before its first sample."""
        import soundfile

        if self.demuxer is not None:
            return PhoneFile(self.path, self.name, self.demuxer)
        if self.bare is None:
            opened = soundfile.SoundFile(os.fsencode(self.path) if os.name == "posix" else str(self.path))
            if opened.frames >= UNKNOWN_FRAMES:  # soundfile seeks after each read, which fails at an end unknown
                opened.seekable = lambda: False
            return opened
        form, start, end = self.bare
        return soundfile.SoundFile(
            io.BufferedReader(_Part(self.path.open("rb", buffering=0), start, end)),
            samplerate=form.rate,
            channels=form.channels,
            subtype=form.subtype,
            endian=form.endian,
            format="RAW",
        )


def examine(path: Path, name: str) -> tuple[Opening, Decoder]:
    """Look into a file before it is decoded, and open it."""
    import soundfile

    head, promise, end = _read_header(path, name)
    opening = Opening(path, name, demuxer_of(head))
    try:
        opened = opening.open()
        whole = promise is None or promise.form is None or _reads_to(opened, promise.form, end - promise.start)
    except soundfile.LibsndfileError as error:
        if promise is None or promise.form is None:
            raise AudioError(f"{name} {_no_sound(head, error.error_string)}") from error
        whole = False
    if promise is not None and promise.form is not None and not whole:
        opening = Opening(path, name, None, (promise.form, promise.start, end))
        try:
            opened = opening.open()
        except (soundfile.LibsndfileError, OverflowError, ValueError) as error:  # a number of channels that none has
            raise AudioError(f"{name} {_no_sound(head, str(error))}") from error
    return opening, opened


def _read_header(path: Path, name: str) -> tuple[bytes, Promise | None, int]:
    """Return the first bytes of a file, what its header promises, and where its sound ends."""
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):  # opening a pipe would wait for a writer that may never come
            raise AudioError(_not_regular(path, name, state.st_mode))
        if state.st_size == 0:  # before opening: what the kernel shows as a file of no size may never end
            raise AudioError(f"{name} is empty: expected a sound file, found 0 bytes.")
        with path.open("rb") as file:
            head = file.read(_HEAD)
            promise = promise_of(file, head[:16])
            return head, promise, 0 if promise is None else sound_end(promise, file, state.st_size)
    except ContainerError as error:
        raise AudioError(f"{name} {error}") from error
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        gone = isinstance(error, FileNotFoundError) and path.is_symlink()
        reason = (
            "it is a link, and what it leads to is not there" if gone else getattr(error, "strerror", None) or error
        )
        raise AudioError(f"{name} cannot be read: {reason}.") from error


def _reads_to(opened: Decoder, form: Form, size: int) -> bool:
    """Tell whether libsndfile reads as many frames as there are."""
    return opened.frames == size // form.frame or opened.subtype != form.subtype


def _not_regular(path: Path, name: str, mode: int) -> str:
    """Say what else than a regular file something is; a folder among clips is one that cannot be entered."""
    if stat.S_ISDIR(mode) and (shut := list_folder(path).error):
        return f"{name} is a folder that cannot be entered: {shut}."
    kinds = ((stat.S_ISDIR, "folder"), (stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket"))
    kind = next((word for is_one, word in kinds if is_one(mode)), "device")
    return f"{name} is a {kind}, not a regular file: write the sound to a file, and give that."


def _no_sound(head: bytes, reason: str) -> str:
    """Say what a file is that no decoder knows."""
    if head.startswith(_LFS):
        return "is a Git LFS pointer, not the sound: run 'git lfs pull' in its repository."
    if head.lstrip().lower().startswith(_HTML):
        return "is no sound file that can be decoded: it is a page of HTML, as a failed download leaves; get it again."
    text = head.decode("utf-8", "ignore")
    if len(text.encode()) >= len(head) - 3 and all(letter.isprintable() or letter.isspace() for letter in text):
        return f"is no sound file that can be decoded: it is text that begins with {text.strip()[:40]!r}."
    return f"is no sound file that can be decoded ({reason.rstrip('.')})."


class _Part(io.RawIOBase):
    """A part of a file as if it were the whole."""

    def __init__(self, file: Any, start: int, end: int) -> None:
        self._file: BinaryIO = file
        self._start, self._length, self._at = start, end - start, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._start + self._at)
        content = self._file.read(max(0, min(len(buffer), self._length - self._at)))
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)

    def close(self) -> None:
        self._file.close()
        super().close()
