"""Raw samples out of pipes."""

from __future__ import annotations

import os
from threading import Event

import numpy as np
import pytest

from offkey.watch.acquisition.pcm import StandardInput, pipe_samples
from offkey.watch.acquisition.source import Begin, End, SourceLostError


def _pipe(*pieces: bytes) -> int:
    reading, writing = os.pipe()
    for piece in pieces:
        os.write(writing, piece)
    os.close(writing)
    return reading


@pytest.mark.parametrize("size", [1, 3, 4, 7, 1 << 15])
def test_samples_are_whole_however_the_bytes_come(size: int) -> None:
    samples = np.random.default_rng(0).integers(-32_768, 32_768, (100, 2)).astype("<i2")
    reading = _pipe(samples.tobytes(), b"\x01")  # and half a sample, which no one needs
    blocks = list(pipe_samples(reading, 2, Event(), silent_s=None, size=size))
    os.close(reading)
    assert all(block.shape[1] == 2 and block.dtype == np.float32 for block in blocks)
    assert np.array_equal(np.concatenate(blocks), samples / np.float32(32_768))


def test_a_pipe_without_bytes_is_lost() -> None:
    reading, writing = os.pipe()
    with pytest.raises(SourceLostError, match=r"No sound came for 0\.1 s"):
        list(pipe_samples(reading, 1, Event(), silent_s=0.1))
    os.close(reading)
    os.close(writing)


def test_standard_input_is_one_whole_stretch() -> None:
    reading = _pipe(np.arange(8, dtype="<i2").tobytes())
    begin, *blocks, end = StandardInput(16_000, 1, descriptor=reading).listen(Event())
    os.close(reading)
    assert isinstance(begin, Begin)
    assert begin.rate == 16_000
    assert np.concatenate(blocks)[:, 0].tolist() == (np.arange(8) / 32_768).tolist()
    assert end == End("standard input has ended", is_whole=True)


def test_nothing_is_read_once_it_is_stopped() -> None:
    stopping = Event()
    stopping.set()
    reading = _pipe(b"1234")
    assert list(StandardInput(16_000, 1, descriptor=reading).listen(stopping)) == []
    os.close(reading)
