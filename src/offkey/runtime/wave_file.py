"""WAV files of PCM and floats, read in blocks of bounded memory.

Microsoft & IBM, "Multimedia Programming Interface and Data Specifications 1.0", 1991; the extensible form: Microsoft,
"Multiple Channel Audio Data and WAVE Files", 2001.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from .errors import SoundError

__all__ = ["WaveFile"]

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_FORMS = {(_PCM, 8), (_PCM, 16), (_PCM, 24), (_PCM, 32), (_FLOAT, 32), (_FLOAT, 64)}
_SLACK = 64  # bytes that recorders count too many
_NEAR = 1 << 16  # programs that write to a pipe leave a size so near to 2**31 or 2**32
_MOST_CHUNKS = 10_000
_BLOCK_BYTES = 1 << 20
_REMEDY = "convert it by 'ffmpeg -i IN -c:a pcm_s16le OUT.wav'"


class WaveFile:
    """A WAV file of 8, 16, 24 or 32 bits of PCM, or of floats of 32 or 64 bits.

    Parameters
    ----------
    path : path
        A regular file.

    Attributes
    ----------
    rate : int
        Sampling rate in Hz.
    channels : int
        Number of channels.
    frames : int
        Samples of each channel.

    Raises
    ------
    SoundError
        If it is no such file, or cut short.
    """

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path
        try:
            state = path.stat()
            if not stat.S_ISREG(state.st_mode):  # opening a pipe would wait for a writer that may never come
                raise SoundError(f"{self.name} is no regular file: write the sound to a WAV file, and give that.")
            with path.open("rb") as file:
                self._read_header(file, state.st_size)
        except (OSError, ValueError) as error:
            if isinstance(error, SoundError):
                raise
            raise SoundError(f"{self.name} cannot be read: {getattr(error, 'strerror', None) or error}.") from error

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield the sound in blocks of shape (n, channels), full scale 1, about a MiB each."""
        left, most = self.frames, max(1, _BLOCK_BYTES // self._frame)
        try:
            with self._path.open("rb") as file:
                file.seek(self._start)
                while left:
                    content = file.read(min(left, most) * self._frame)
                    if not content or len(content) % self._frame:
                        raise SoundError(f"{self.name} became shorter while it was read; read it again.")
                    left -= len(content) // self._frame
                    yield self._decoded(content).reshape(-1, self.channels)
        except OSError as error:
            raise SoundError(f"{self.name} cannot be read: {error.strerror or error}.") from error

    def _read_header(self, file: BinaryIO, length: int) -> None:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            raise SoundError(f"{self.name} is no WAV file: {_REMEDY}.")
        form = None
        for _ in range(_MOST_CHUNKS):
            chunk = file.read(8)
            if len(chunk) < 8:
                break
            name, size = struct.unpack("<4sI", chunk)
            start = file.tell()
            if name == b"fmt ":
                form = self._read_form(file.read(min(size, 40)))
            elif name == b"data" and form is not None:
                self._tag, self._bits, self._frame = form
                self._start = start
                self.frames = self._size(size, length - start) // self._frame
                if not self.frames:
                    raise SoundError(f"{self.name} has a header but no sound: expected one window of the model.")
                return
            file.seek(start + size + size % 2)
        raise SoundError(f"{self.name} is a WAV file without sound, or damaged: record or copy it again.")

    def _read_form(self, body: bytes) -> tuple[int, int, int]:
        """Return the tag of the samples' type, their bits and the bytes of a frame."""
        if len(body) < 16:
            raise SoundError(f"{self.name} is a damaged WAV file: its chunk 'fmt ' is cut short; copy it again.")
        tag, self.channels, self.rate, frame, bits = struct.unpack_from("<HHI4xHH", body)
        if tag == _EXTENSIBLE and len(body) >= 26:
            tag = struct.unpack_from("<H", body, 24)[0]
        if (tag, bits) not in _FORMS or not self.channels or not self.rate or frame != self.channels * bits // 8:
            raise SoundError(f"{self.name} holds samples of another form than PCM or floats: {_REMEDY}.")
        return tag, bits, frame

    def _size(self, size: int, found: int) -> int:
        """Return the bytes of sound that there are: what the header promises, or up to the end where it is open."""
        missing = size - found
        if missing <= 0:
            return size
        is_open = abs(size - (1 << 31)) <= _NEAR or size >= (1 << 32) - _NEAR
        if is_open or missing <= max(_SLACK, self._frame):
            return found
        raise SoundError(
            f"{self.name} is truncated: its header promises {missing} bytes more than there are; record or copy it "
            "again."
        )

    def _decoded(self, content: bytes) -> NDArray[np.float32]:
        if self._tag == _FLOAT:
            with np.errstate(over="ignore"):  # what is too large becomes infinite, and the gate names it
                return np.frombuffer(content, f"<f{self._bits // 8}").astype(np.float32)
        if self._bits == 8:
            return (np.frombuffer(content, np.uint8).astype(np.float32) - 128) * np.float32(1 / 128)
        if self._bits == 24:
            wide = np.zeros((len(content) // 3, 4), np.uint8)
            wide[:, 1:] = np.frombuffer(content, np.uint8).reshape(-1, 3)
            return wide.view("<i4").reshape(-1).astype(np.float32) * np.float32(2.0**-31)
        whole = np.frombuffer(content, f"<i{self._bits // 8}").astype(np.float32)
        return whole * np.float32(2.0 ** (1 - self._bits))
