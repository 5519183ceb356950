"""The promise of a sound file's header, and the place where its sound really ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, NamedTuple

__all__ = ["ContainerError", "Form", "Promise", "sound_end"]

_SLACK = 64  # bytes; some recorders count their own header as sound, others forget a pad byte
_NEAR = 1 << 16  # open sizes lie so near to 2**31 or 2**32: sox writes 0x7ffff000, arecord 0x7fffff00 or 0x80000000
_WRAP = 1 << 32  # what a size of 32 bits is counted modulo, in a recording of over 4 GiB
_PADDING = 1 << 16  # zeros by which recorders fill up the last block of a memory card
_PROBES = 64


class ContainerError(Exception):
    """A file that does not hold what its header promises; the text goes on after the file's name."""


class Form(NamedTuple):
    """The form of samples, as `soundfile.SoundFile` takes it for a file without a header."""

    rate: int
    channels: int
    subtype: str  # libsndfile's name of the samples' type, such as ``"PCM_16"``
    endian: str  # {"LITTLE", "BIG"}; order of their bytes
    frame: int  # bytes of one sample of all channels


class Promise(NamedTuple):
    """The promise of a header.

    `form`: how the samples are written; None if they are compressed, or in a way that only the decoder knows.
    `is_other`: tells of an offset whether what lies from there to the end of the file is something else than sound;
        None if what lies behind the sound does not matter.
    """

    start: int  # offset of the first byte of sound
    size: int | None  # bytes of sound; None if the header leaves it open
    form: Form | None = None
    frame: int = 1  # bytes of a frame, or of a block of compressed sound
    is_other: Callable[[BinaryIO, int, int], bool] | None = None


def sound_end(promise: Promise, file: BinaryIO, length: int) -> int:
    """Return the offset at which the sound of a file ends.

    `length`: its length in bytes.
    """
    if promise.start > length:
        raise _truncated(promise.start + (promise.size or 0) - length, length)
    if promise.size is None:
        return length
    end = promise.start + promise.size
    slack = max(_SLACK, promise.frame)
    missing = end - length
    if missing > 0:
        counts_header = missing in (promise.start, promise.start - 8)
        if missing <= slack or counts_header or _is_open(promise.size):
            return length
        raise _truncated(missing, length)
    behind = -missing
    if behind <= slack or promise.is_other is None or promise.is_other(file, end, length):
        return end
    zeros = _is_zero(file, end, length)
    if zeros and behind <= _PADDING:
        return end
    wrapped = (behind + slack) % _WRAP <= 2 * slack
    if promise.form is not None and (promise.size == 0 or _is_open(promise.size) or (wrapped and not zeros)):
        return length
    remedy = "ffmpeg -i IN OUT.wav" if promise.form is None else "sox --ignore-length IN OUT.wav"
    raise ContainerError(
        f"is longer than its header says: {promise.size} bytes of sound are promised, but {behind} more follow"
        f"{', all of them 0' if zeros else ''}; write it anew with: {remedy}"
    )


def _truncated(missing: int, length: int) -> ContainerError:
    return ContainerError(
        f"is truncated: its header promises {missing} bytes more than the {length} found; record or copy it again."
    )


def _is_open(size: int) -> bool:
    """Tell whether a size is one that programs leave which write to a pipe, or did not come to close the file."""
    return abs(size - (1 << 31)) <= _NEAR or _WRAP - _NEAR <= size < _WRAP


def _is_zero(file: BinaryIO, start: int, stop: int) -> bool:
    """Tell whether a stretch of a file holds zeros alone, as far as samples of it show."""
    step = max(4096, (stop - start) // _PROBES)
    for at in range(start, stop, step):
        file.seek(at)
        if any(file.read(min(4096, stop - at))):
            return False
    return True
