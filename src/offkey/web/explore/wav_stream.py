"""Any recording as a WAV file of one channel, made while it is sent, and any part of it (RFC 9110, section 14).

A browser plays neither 24-bit nor 8-channel files everywhere, and AIFF or CAF hardly anywhere; 16-bit PCM it
always plays. As each sample takes two bytes, any byte of the file is found without decoding what is before it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from offkey.audio import Channel, FileRecording
from offkey.errors import AudioError

__all__ = ["WavStream", "parse_range"]

_HEADER = 44
_CHUNK = 65_536
_LARGEST = 0xFFFFFFFF
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


@dataclass(frozen=True)
class WavStream:
    """One channel of a recording of known length, from frame `first` up to `last`, as the bytes of a WAV file."""

    recording: FileRecording
    channel: Channel
    first: int
    last: int

    @classmethod
    def of(
        cls, recording: FileRecording, channel: Channel, start_s: float = 0.0, end_s: float | None = None
    ) -> WavStream:
        """Return the stream from `start_s` to `end_s`, in seconds, or to the end."""
        if recording.frames is None:
            raise AudioError(f"{recording.name} does not say how long it is: convert it to WAV or FLAC to listen.")
        first = min(max(0, round(start_s * recording.rate)), recording.frames)
        last = recording.frames if end_s is None else round(end_s * recording.rate)
        return cls(recording, channel, first, min(max(first, last), recording.frames))

    @property
    def size(self) -> int:
        """Length in bytes."""
        return _HEADER + 2 * (self.last - self.first)

    def part(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from `start` to before `stop`; what cannot be decoded is silence.

        The length has been promised by then, so that there is no other way to say it; the page says it in words.
        """
        if start < _HEADER:
            yield self._header()[start : min(stop, _HEADER)]
        at, end = max(start, _HEADER) - _HEADER, stop - _HEADER
        if end <= at:
            return
        skip = at % 2
        first, last = self.first + at // 2, self.first + (end + 1) // 2
        spans = [(frame, min(frame + _CHUNK, last)) for frame in range(first, last, _CHUNK)]
        left = end - at
        try:
            for (begin, finish), sound in zip(spans, self.recording.parts(spans, self.channel), strict=True):
                whole = np.zeros(finish - begin, "<i2")
                whole[: len(sound)] = np.clip(np.nan_to_num(sound) * 32768, -32768, 32767)
                piece = whole.tobytes()[skip : skip + left]
                skip, left = 0, left - len(piece)
                yield piece
        except AudioError:
            pass
        while left > 0:
            yield bytes(min(left, _CHUNK))
            left -= min(left, _CHUNK)

    def _header(self) -> bytes:
        data = min(self.size - _HEADER, _LARGEST - 36)
        rate = self.recording.rate
        return struct.pack(
            "<4sI4s4sIHHIIHH4sI", b"RIFF", data + 36, b"WAVE", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16, b"data", data
        )


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Read the one range of a header ``Range``: first byte, and the one after the last; ValueError beyond the end.

    None if the whole is to be sent: no range, several, or other units.
    """
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match[0] == "bytes=-":
        return None
    if not match[1]:
        start, stop = max(0, size - int(match[2])), size
    else:
        start, stop = int(match[1]), min(size, int(match[2]) + 1) if match[2] else size
    if start >= size or start >= stop:
        raise ValueError("the range lies beyond the end")
    return start, stop
