"""Recordings to windows of sound at the model's rate: short ones whole, long ones piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Self

import numpy as np

from offkey.audio.channel import Channel, Samples
from offkey.audio.recording import Recording
from offkey.errors import AudioError, ParameterError

__all__ = ["LONG_S", "Window", "Windowing", "windows"]

LONG_S = 60.0
"""A recording longer than this many seconds is analysed in windows, unless another limit is known."""


@dataclass(frozen=True)
class Windowing:
    """Which recordings are cut, and how.

    Parameters
    ----------
    window_s : float, default 10
        Length of a window in seconds.
    hop_s : float, default 10
        From the start of a window to the start of the next, in seconds.
    longest_s : float, default 60
        Length in seconds up to which a recording is left whole.
    """

    window_s: float = 10.0
    hop_s: float = 10.0
    longest_s: float = LONG_S

    def __post_init__(self) -> None:
        for name, value in (("window", self.window_s), ("hop", self.hop_s)):
            if not 0.1 <= value <= 3600:
                raise ParameterError(f"The {name} must be between 0.1 and 3600 seconds. Got {value:g} instead.")

    @classmethod
    def asked(cls, window_s: float, hop_s: float | None = None) -> Self:
        """Return the windows that somebody asks for: whatever is longer than one of them is cut."""
        return cls(window_s, window_s if hop_s is None else hop_s, window_s)


@dataclass(frozen=True)
class Window:
    """A piece of a recording.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
        One channel at the rate that was asked for.
    start_s, end_s : float
        Where it lies in the recording, in seconds.
    """

    samples: Samples
    start_s: float
    end_s: float


def windows(
    recording: Recording, *, rate: int, channel: Channel = 0, windowing: Windowing | None = None
) -> Iterator[Window]:
    """Yield a recording as windows of one channel at one rate, in bounded memory.

    A recording of up to ``longest_s`` seconds is one window. Of a longer one the windows start every
    ``hop_s`` seconds; if sound is left after the last, one more ends with the recording, so that
    nothing remains unheard.

    Parameters
    ----------
    recording : Recording
        The sound.
    rate : int
        Sampling rate of the result in Hz; a higher rate is converted down by soxr.
    channel : int or str, default 0
        What is heard, see `Channel`.
    windowing : Windowing, optional
        Which recordings are cut, and how.

    Yields
    ------
    Window
        In the order of time.

    Raises
    ------
    AudioError
        If the recording's rate is lower than `rate`, or it cannot be read.
    """
    if recording.rate < rate:
        raise AudioError(
            f"{recording.name} is sampled at {recording.rate} Hz, but at least {rate} Hz are needed: "
            f"the sound above {recording.rate // 2} Hz is missing."
        )
    cut = windowing or Windowing()
    sound = _resampled(recording.blocks(channel), recording.rate, rate)
    first = _up_to(sound, recording.seconds, cut.longest_s, rate)
    if first is not None:
        blocks, ended = first
        if not blocks:
            raise AudioError(f"{recording.name} holds no sound: expected at least one analysis window of it.")
        if ended:
            samples = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
            yield Window(samples, 0.0, len(samples) / rate)
            return
        sound = chain(blocks, sound)
    yield from _cut(sound, rate, round(cut.window_s * rate), round(cut.hop_s * rate))


def _up_to(
    sound: Iterator[Samples], seconds: float | None, longest_s: float, rate: int
) -> tuple[list[Samples], bool] | None:
    """Return the sound of a recording that is not known to be long, and whether that is all of it; else None."""
    if seconds is not None:
        return (list(sound), True) if seconds <= longest_s else None
    blocks, count = [], 0
    for block in sound:
        blocks.append(block)
        count += len(block)
        if count > longest_s * rate:
            return blocks, False
    return blocks, True


def _resampled(blocks: Iterator[Samples], rate_in: int, rate_out: int) -> Iterator[Samples]:
    if rate_in == rate_out:
        yield from blocks
        return
    import soxr

    stream = soxr.ResampleStream(rate_in, rate_out, 1, dtype="float32", quality="HQ")
    for block in blocks:
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.empty(0, np.float32), last=True)


def _cut(sound: Iterator[Samples], rate: int, length: int, hop: int) -> Iterator[Window]:
    """Cut a stream; the buffer holds what the next window needs, and the last window's length for the end."""
    buffer = np.empty(0, np.float32)
    at = 0  # where the buffer starts
    start = 0  # where the next window starts
    heard = 0  # where the last window ended
    for block in sound:
        buffer = np.concatenate([buffer, block])
        while start + length <= at + len(buffer):
            yield Window(buffer[start - at : start - at + length].copy(), start / rate, (start + length) / rate)
            heard = start + length
            start += hop
        keep = min(start, max(at, at + len(buffer) - length))
        buffer, at = buffer[max(0, keep - at) :], max(at, keep)
    end = at + len(buffer)
    if heard < end and (hop <= length or heard == 0):
        samples = buffer[-length:]
        yield Window(samples.copy(), (end - len(samples)) / rate, end / rate)
