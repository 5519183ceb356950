"""Recordings, and files among them, read as a stream of blocks of one channel."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from offkey.audio.channel import Channel, Samples, one_channel
from offkey.audio.gate import rate_fault
from offkey.audio.opening import UNKNOWN_FRAMES, Decoder, examine
from offkey.audio.phone import PhoneFile
from offkey.errors import AudioError
from offkey.tables import path_text

__all__ = ["FileRecording", "Recording", "Samples"]

_BLOCK_S = 10
_BLOCK_VALUES = 1 << 24  # at most in a block, of all channels, whatever rate and channels a header claims
_EXACT = {"WAV", "WAVEX", "RF64", "FLAC", "RAW"}  # whose decoder knows where they end, and need not be asked once more


class Recording(Protocol):
    """Sound with a name; nothing is decoded before `blocks` is asked for it."""

    @property
    def name(self) -> str:
        """The name of the recording in results and messages."""
        ...

    @property
    def rate(self) -> int:
        """Sampling rate in Hz."""
        ...

    @property
    def seconds(self) -> float | None:
        """Length in seconds, None if only reading to the end can show it."""
        ...

    def blocks(self, channel: Channel) -> Iterator[Samples]:
        """Yield the sound of one channel, in order, in blocks of up to ten seconds."""
        ...

    def every_channel(self, start_s: float = 0.0, end_s: float | None = None) -> Iterator[Samples]:
        """Yield the sound of all channels between two times in seconds, in blocks of shape (n, channels)."""
        ...

    def digest(self) -> str:
        """Return the SHA-256 of the file's bytes or the array's samples."""
        ...


class FileRecording:
    """A sound file: WAV, FLAC, OGG, MP3 and whatever else libsndfile decodes; M4A and others by the extra ``phone``.

    `name`: what to call it in results and messages, by default its path.
    """

    def __init__(self, path: Path, *, name: str | None = None) -> None:
        self.path = path
        self.name = path_text(path) if name is None else name
        self._opening, opened = examine(path, self.name)
        if opened.frames is not None and opened.frames <= 0:
            raise AudioError(
                f"{self.name} has a header but no sound: expected at least one analysis window of samples, found 0."
            )
        if fault := rate_fault(opened.samplerate):
            raise AudioError(f"{self.name} {fault}")
        self.rate: int = opened.samplerate
        self.channels: int = opened.channels
        known = opened.frames is not None and opened.frames < UNKNOWN_FRAMES
        self.frames: int | None = opened.frames if known else None
        self._counts_frames = opened.format == "FLAC" or (isinstance(opened, PhoneFile) and opened.counted)
        self._last = self.frames if opened.format in _EXACT else None
        self._opened: Decoder | None = opened  # till it is heard: opening costs as much as reading

    @property
    def seconds(self) -> float | None:
        """Length in seconds, None if the header does not hold it."""
        return None if self.frames is None else self.frames / self.rate

    def blocks(self, channel: Channel) -> Iterator[Samples]:
        """Yield the sound of one channel as float32, full scale 1, in blocks of up to ten seconds."""
        for block in self._whole():
            yield one_channel(block, channel, self.name)

    def every_channel(self, start_s: float = 0.0, end_s: float | None = None) -> Iterator[Samples]:
        """Yield the sound of all channels between two times in seconds, in blocks of shape (n, channels)."""
        if start_s == 0.0 and end_s is None:
            yield from self._whole()
            return
        first = round(start_s * self.rate)
        last = self.frames if end_s is None else round(end_s * self.rate)
        for blocks in self._spans([(first, first if last is None else last)]):
            yield from blocks

    def parts(self, spans: Iterable[tuple[int, int]], channel: Channel) -> Iterator[Samples]:
        """Yield parts of one channel without reading what lies between them.

        `spans`: first sample of each part, and the one after its last.
        Yields: shape (n,); shorter than its span where the file ends before.
        """
        for blocks in self._spans(spans):
            pieces = [one_channel(block, channel, self.name) for block in blocks]
            yield pieces[0] if len(pieces) == 1 else np.concatenate(pieces or [np.empty(0, np.float32)])

    def _whole(self) -> Iterator[Samples]:
        """Yield all sound of all channels."""
        count = 0
        try:
            opened, self._opened = self._opened, None
            with opened or self._opening.open() as file:
                for block in self._read(file, self._last):
                    count += len(block)
                    yield block
        except (RuntimeError, ValueError) as error:  # ValueError: the decoder stands behind the end that it told
            raise AudioError(
                f"{self.name} is truncated or damaged: it cannot be decoded after {count / self.rate:.1f} s "
                f"({str(error).rstrip('.')}); record or copy it again."
            ) from error
        if self._counts_frames and self.frames is not None and count < self.frames:
            raise AudioError(
                f"{self.name} is truncated: its header promises {self.frames} samples, {count} were found; "
                "record or copy it again."
            )

    def _spans(self, spans: Iterable[tuple[int, int]]) -> Iterator[Iterator[Samples]]:
        """Yield the blocks of each span of samples; they are read before the next span is asked for."""
        try:
            opened = self._opening.open()
        except (RuntimeError, ValueError) as error:
            raise AudioError(f"{self.name} cannot be opened again ({str(error).rstrip('.')}).") from error
        with opened as file:
            for start, stop in spans:
                yield self._span(file, start, stop)

    def _span(self, file: Decoder, start: int, stop: int) -> Iterator[Samples]:
        try:
            file.seek(start if file.frames is None else min(start, file.frames))
            yield from self._read(file, stop - start)
        except (RuntimeError, ValueError) as error:
            raise AudioError(
                f"{self.name} cannot be decoded at {start / self.rate:.1f} s ({str(error).rstrip('.')})."
            ) from error

    def _read(self, file: Decoder, frames: int | None) -> Iterator[Samples]:
        """Yield so many frames from where a file stands, or all, in blocks of bounded size."""
        # 16-bit samples are scaled here, to the same values, three times as fast as by the decoder
        form = "int16" if file.subtype == "PCM_16" else "float32"
        most = min(_BLOCK_S * self.rate, max(1, _BLOCK_VALUES // self.channels))
        count = 0
        while count != frames:
            block = file.read(most if frames is None else min(most, frames - count), dtype=form, always_2d=True)
            if not len(block):
                return
            count += len(block)
            yield _full_scale(block)

    def digest(self) -> str:
        """Return the SHA-256 of the file's bytes."""
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise AudioError(f"{self.name} cannot be read: {error.strerror or error}.") from error


def _full_scale(block: NDArray[np.int16] | Samples) -> Samples:
    """Return samples as float32 of full scale 1."""
    if block.dtype != np.int16:
        return block.astype(np.float32, copy=False)
    scaled = block.astype(np.float32)
    scaled *= np.float32(1 / 32768)
    return scaled
