"""Sound that phones and browsers record (AAC, AMR, Opus in WebM, WMA), decoded by FFmpeg through PyAV.

The container is known by its first bytes, and FFmpeg is told which one it is and given the open file: no file
name, address or playlist in it can lead anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from offkey.errors import AudioError

if TYPE_CHECKING:
    from offkey.audio.channel import Samples

__all__ = ["PhoneFile", "demuxer_of"]

_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")


def demuxer_of(head: bytes) -> str | None:
    """Return FFmpeg's name of the container that a file starts with, None if libsndfile is to read it.

    `head`: the first 16 bytes of the file.
    """
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
        return "mov"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "matroska"
    if head.startswith(_ASF):
        return "asf"
    if head.startswith(b"#!AMR"):
        return "amr"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:  # ADTS: the layer of MPEG audio is never 0
        return "aac"
    return None


_IMPORTING = Lock()
"""Held while PyAV is imported: where it fails, a thread that waited for it would get what is half imported."""


class PhoneFile:
    """A sound file decoded by FFmpeg, read as a `soundfile.SoundFile` is."""

    format = "FFMPEG"
    subtype = ""
    frames: int | None
    """Number of frames: as the container promises where `counted`, else by the lengths of its packets."""
    _at: int
    _decoded: Iterator[Samples]
    _waiting: Samples

    def __init__(self, path: Path, name: str, demuxer: str) -> None:
        self._path, self._name, self._demuxer = path, name, demuxer
        self._start()
        promised = self._stream.duration if demuxer == "mov" else None  # the others tell milliseconds, or estimate
        self.counted = bool(promised)
        ticks = promised or self._packets()
        self.frames = round(ticks * self._stream.time_base * self.samplerate) or None

    def __enter__(self) -> PhoneFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._container.close()
        self._file.close()

    def seek(self, frame: int) -> None:
        """Go to a frame by decoding up to it: what a codec makes of a frame depends on those before."""
        if frame < self._at:
            self.close()
            self._start()
        while self._at < frame and len(passed := self.read(min(frame - self._at, self.samplerate))):
            del passed

    def read(self, frames: int, dtype: str = "float32", always_2d: bool = True) -> Samples:
        """Return the next frames, shape (n, channels), fewer at the end."""
        left = max(0, min(frames, (self.frames or 0) - self._at)) if self.counted else frames
        found, count = [self._waiting], len(self._waiting)
        try:
            while count < left and (block := next(self._decoded, None)) is not None:
                found.append(block)
                count += len(block)
        except self._broken as error:
            if not count:
                raise RuntimeError(_words(error)) from error
            self._decoded = _fails(error)  # after what was decoded before
        whole = np.concatenate(found)
        taken, self._waiting = whole[:left], whole[left:]
        self._at += len(taken)
        return taken

    def _packets(self) -> int:
        """Return the length of all packets in ticks of the stream, without decoding them."""
        try:
            return sum(packet.duration or 0 for packet in self._container.demux(self._stream))
        except self._broken:
            return 0  # it is named when the sound is asked for
        finally:
            self.close()
            self._start()

    def _start(self) -> None:
        """Open the file, before its first frame."""
        name, path = self._name, self._path
        try:
            with _IMPORTING:
                import av
        except ImportError as error:
            raise AudioError(
                f"{name} is a recording of a kind that the extra phone reads: pip install 'offkey[phone]' brings it; "
                f"or convert the file with: ffmpeg -i {path.name} {path.stem}.wav"
            ) from error
        self._broken: type[Exception] = av.FFmpegError
        self._file = path.open("rb")
        try:
            self._container: Any = av.open(self._file, mode="r", format=self._demuxer, metadata_errors="replace")
        except (av.FFmpegError, ValueError) as error:
            self._file.close()
            raise AudioError(
                f"{name} cannot be decoded ({_words(error)}): it is truncated, or was not closed by what recorded it; "
                "record or copy it again."
            ) from error
        stream = next(iter(self._container.streams.audio), None)
        codec = None if stream is None else stream.codec_context  # None for one that is not known
        if stream is None or codec is None or not codec.sample_rate or not codec.channels:
            self.close()
            raise AudioError(f"{name} holds no sound that can be decoded: expected an audio track, found none.")
        self._stream: Any = stream
        self.samplerate: int = codec.sample_rate
        self.channels: int = codec.channels
        self._decoded = self._blocks()
        self._waiting = np.empty((0, self.channels), np.float32)
        self._at = 0

    def _blocks(self) -> Iterator[Samples]:
        for frame in self._container.decode(self._stream):
            if (frame.sample_rate, frame.layout.nb_channels) != (self.samplerate, self.channels):
                raise RuntimeError("its rate or its number of channels changes on the way")
            yield _full_scale(frame.to_ndarray(), self.channels)


def _full_scale(decoded: NDArray[Any], channels: int) -> Samples:
    """Return decoded samples, planar or packed, as float32 of full scale 1, shape (n, channels)."""
    samples = decoded.T if len(decoded) == channels else decoded.reshape(-1, channels)
    if samples.dtype.kind == "u":
        return (samples.astype(np.float32) - 128) / np.float32(128)
    scale = -float(np.iinfo(samples.dtype).min) if samples.dtype.kind == "i" else 1.0
    return (samples / scale).astype(np.float32) if scale != 1.0 else samples.astype(np.float32)


def _fails(error: Exception) -> Iterator[Samples]:
    raise error
    yield  # a generator, so that it fails when it is asked


def _words(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error)).rstrip(".").lower()
