"""Raw samples of 16 bits out of a pipe: standard input, or what a child process writes."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from threading import Event

import numpy as np

from offkey.audio.channel import Samples
from offkey.watch.acquisition.source import Begin, End, Item, SourceLostError
from offkey.watch.clock import REAL, Clock

__all__ = ["StandardInput", "pcm_samples", "pipe_bytes", "pipe_samples"]

_BYTES = 2  # of a sample
_FULL_SCALE = 32_768.0
_ATTENTION_S = 0.2  # after so long it is looked whether to stop


class StandardInput:
    """Signed samples of 16 bits, little-endian, channels interleaved, on standard input, until it ends.

    `rate`: sampling rate in Hz.
    `channels`: how many are interleaved.
    `descriptor`: of the pipe; that of standard input.
    """

    waits = True

    def __init__(self, rate: int, channels: int, *, descriptor: int | None = None) -> None:
        self._rate, self._channels, self._descriptor = rate, channels, descriptor
        self.stalled_after_s = 30.0

    def listen(self, stopping: Event, clock: Clock = REAL) -> Iterator[Item]:
        """Yield one stretch, which is whole where the input ends by itself; see `Source`."""
        descriptor = sys.stdin.fileno() if self._descriptor is None else self._descriptor
        is_begun = False
        for block in pipe_samples(descriptor, self._channels, stopping, silent_s=None, clock=clock):
            if not is_begun:
                yield Begin(self._rate, clock.utc() - len(block) / self._rate)
                is_begun = True
            yield block
        if is_begun:
            yield End("standard input has ended", is_whole=not stopping.is_set())


def pipe_bytes(
    descriptor: int, stopping: Event, *, silent_s: float | None, clock: Clock = REAL, size: int = 1 << 15
) -> Iterator[bytes]:
    """Yield what comes through a pipe, until it ends or `stopping` is set.

    `silent_s`: seconds without a byte after which a SourceLostError is raised; None for never.
    `clock`: by which they are counted.
    `size`: bytes that are read at most at a time.
    """
    last = clock.monotonic()
    while not stopping.is_set():
        if not select.select([descriptor], [], [], _ATTENTION_S)[0]:
            if silent_s is not None and clock.monotonic() - last > silent_s:
                raise SourceLostError(f"No sound came for {silent_s:g} s.")
            continue
        read = os.read(descriptor, size)
        if not read:
            return
        last = clock.monotonic()
        yield read


def pipe_samples(
    descriptor: int, channels: int, stopping: Event, *, silent_s: float | None, clock: Clock = REAL, size: int = 1 << 15
) -> Iterator[Samples]:
    """Yield samples of 16 bits that come through a pipe, of shape (n, channels); see `pipe_bytes`."""
    left = b""
    for read in pipe_bytes(descriptor, stopping, silent_s=silent_s, clock=clock, size=size):
        samples, left = pcm_samples(left + read, channels)
        if len(samples):
            yield samples


def pcm_samples(data: bytes, channels: int) -> tuple[Samples, bytes]:
    """Return the samples that bytes hold, of shape (n, channels), and the bytes of a sample that is not whole yet."""
    whole = len(data) // (_BYTES * channels) * _BYTES * channels
    samples = np.frombuffer(data[:whole], "<i2").reshape(-1, channels)
    return samples.astype(np.float32) / np.float32(_FULL_SCALE), data[whole:]
