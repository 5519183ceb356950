"""Looking into sound files: form, clipping, digital silence, digest; many at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from offkey.audio import FileRecording, check_samples
from offkey.audio.channel import Samples
from offkey.errors import AudioError
from offkey.tables import path_of
from offkey.work.thread_pool import Threads

__all__ = ["Inspection", "inspect_clip", "inspect_clips"]

_FULL_SCALE = 0.9999  # 32767 / 32768, the most that 16 bits hold, is above it
_RUN = 3  # so many equal samples at full scale in a row are no peak, but a peak cut off


@dataclass(frozen=True)
class Inspection:
    """The form, the level and the faults of one sound file."""

    file: str
    error: str | None = None
    rate: int = 0
    channels: int = 0
    seconds: float = 0.0  # length in seconds
    clipped: int = 0  # samples at full scale that are the third or later equal one in a row, over all channels
    silent_channels: tuple[int, ...] = ()  # channels whose samples are all the same
    digest: str = ""


def inspect_clips(
    files: Sequence[str], *, jobs: int | None = None, advance: Callable[[], None] = lambda: None
) -> list[Inspection]:
    """Look into many files at a time.

    `jobs`: how many at a time; by default one per processor.
    """
    found = []
    for inspection in Threads(jobs).read(inspect_clip, files):  # decoding and digests free the interpreter
        found.append(inspection)
        advance()
    return found


def inspect_clip(file: str) -> Inspection:
    """Look into one file, each of its channels."""
    try:
        recording = FileRecording(path_of(file))
        clipped, frames = 0, 0
        silent = np.ones(recording.channels, bool)
        for block in recording.every_channel():
            frames += len(block)
            clipped += _clipped(block)
            _check_numbers(block, recording)
            for channel in np.flatnonzero(silent):
                silent[channel] = _is_silent(block[:, channel], recording)
        with recording.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    except AudioError as error:
        return Inspection(file, error=str(error))
    except OSError as error:
        return Inspection(file, error=f"{file} cannot be read: {error.strerror or error}.")
    return Inspection(
        file=file,
        rate=recording.rate,
        channels=recording.channels,
        seconds=frames / recording.rate,
        clipped=clipped,
        silent_channels=tuple(np.flatnonzero(silent).tolist()),
        digest=digest,
    )


def _check_numbers(block: Samples, recording: FileRecording) -> None:
    if not np.isfinite(block).all():
        check_samples(np.abs(block).max(axis=1), recording.rate, name=recording.name, at_least=1)


def _is_silent(block: Samples, recording: FileRecording) -> bool:
    try:
        check_samples(block, recording.rate, name=recording.name, at_least=1)
    except AudioError:
        return True
    return False


def _clipped(block: Samples) -> int:
    loud = np.abs(block) >= _FULL_SCALE
    if not loud.any():
        return 0
    cut = loud[_RUN - 1 :].copy()
    for back in range(1, _RUN):
        cut &= block[_RUN - 1 :] == block[_RUN - 1 - back : -back]
    return int(np.count_nonzero(cut))
