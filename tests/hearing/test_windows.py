from __future__ import annotations

import math
from itertools import cycle

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from offkey.audio import ArrayRecording
from offkey.errors import AudioError, ParameterError
from offkey.hearing.windows import LONG_S, Window, Windowing, Windows, read_windows

RATE = 400  # few samples a second keep an hour small


class _Blocks(ArrayRecording):
    """An array that is read in blocks of any sizes, as a file is."""

    def __init__(self, samples: np.ndarray, sizes: list[int]) -> None:
        super().__init__(samples, RATE, "blocks")
        self.sizes = sizes

    def blocks(self, channel):
        whole = next(iter(super().blocks(channel)))
        at, turn = 0, 0
        while at < len(whole):
            size = self.sizes[turn % len(self.sizes)]
            yield whole[at : at + size]
            at, turn = at + size, turn + 1


@settings(deadline=None, max_examples=60)
@given(
    seconds=st.floats(LONG_S + 0.1, 300),
    window_s=st.floats(0.5, 90),
    hop_s=st.floats(0.5, 90),
    sizes=st.lists(st.integers(1, 7000), min_size=1, max_size=4),
)
def test_windows_are_slices_of_the_recording_and_leave_nothing_unheard(
    seconds: float, window_s: float, hop_s: float, sizes: list[int]
) -> None:
    samples = np.arange(round(seconds * RATE), dtype=np.float32)
    found = list(read_windows(_Blocks(samples, sizes), rate=RATE, windowing=Windowing(window_s, hop_s)))
    length, hop = round(window_s * RATE), round(hop_s * RATE)
    heard = np.zeros(len(samples), bool)
    for window in found:
        start = round(window.start_s * RATE)
        np.testing.assert_array_equal(window.samples, samples[start : start + len(window.samples)])
        assert round(window.end_s * RATE) == start + len(window.samples)
        heard[start : start + len(window.samples)] = True
    assert {len(window.samples) for window in found} == {min(length, len(samples))}
    if hop <= length:
        assert heard.all()
        starts = [round(window.start_s * RATE) for window in found]
        assert starts[:-1] == [k * hop for k in range(len(found) - 1)]


@settings(deadline=None, max_examples=20)
@given(sizes=st.lists(st.integers(500, 9000), min_size=1, max_size=3), seed=st.integers(0, 99))
def test_resampling_in_blocks_equals_resampling_at_once(sizes: list[int], seed: int) -> None:
    samples = np.random.default_rng(seed).standard_normal(50 * RATE).astype(np.float32)
    in_blocks = next(read_windows(_Blocks(samples, sizes), rate=240)).samples
    at_once = next(read_windows(ArrayRecording(samples, RATE), rate=240)).samples
    np.testing.assert_allclose(in_blocks, at_once, atol=1e-6)
    assert abs(len(in_blocks) - 50 * 240) <= 1


def test_a_recording_of_a_minute_is_one_window() -> None:
    samples = np.arange(60 * RATE, dtype=np.float32)
    (window,) = read_windows(ArrayRecording(samples, RATE), rate=RATE)
    assert (window.start_s, window.end_s, len(window.samples)) == (0, 60, 60 * RATE)


def test_a_low_rate_is_refused_with_what_is_missing() -> None:
    with pytest.raises(AudioError, match="at 8000 Hz, but at least 16000 Hz are needed: the sound above 4000 Hz"):
        next(read_windows(ArrayRecording(np.ones(8000), 8000, "low"), rate=16_000))
    with pytest.raises(AudioError, match="The stream is sampled at 8000 Hz, but at least 16000 Hz are needed"):
        Windows(16_000, native_rate=8000)


@pytest.mark.parametrize(("window_s", "hop_s", "word"), [(0, 10, "window"), (10, -1, "hop"), (10, float("nan"), "hop")])
def test_lengths_out_of_range_are_refused(window_s: float, hop_s: float, word: str) -> None:
    with pytest.raises(ParameterError, match=f"The {word} must be between 0.1 and 3600 seconds"):
        Windowing(window_s, hop_s)


def pushed(windows: Windows, samples: np.ndarray, sizes: list[int]) -> list[Window]:
    """Return the windows of sound that comes in blocks of these sizes, in turn."""
    found, at = list[Window](), 0
    for size in cycle(sizes):
        found += windows.feed(samples[at : at + size])
        at += size
        if at >= len(samples):
            return found + windows.finish()
    raise AssertionError("there are no sizes")


@settings(deadline=None, max_examples=80)
@given(
    seconds=st.floats(0.1, 200),
    windowing=st.builds(Windowing, st.floats(0.5, 90), st.floats(0.5, 90), st.floats(1, 90)),
    native_rate=st.sampled_from([RATE, 480, 441, 960, 1000]),
    sizes=st.lists(st.integers(0, 9000), min_size=1, max_size=5).filter(any),
    told=st.booleans(),
)
def test_however_a_stream_is_cut_into_blocks_its_windows_are_those_of_the_recording(
    seconds: float, windowing: Windowing, native_rate: int, sizes: list[int], told: bool
) -> None:
    samples = np.random.default_rng(0).standard_normal(max(1, round(seconds * native_rate))).astype(np.float32)
    recording = ArrayRecording(samples, native_rate)
    of_recording = list(read_windows(recording, rate=RATE, windowing=windowing))
    known = {"seconds": recording.seconds} if told else {}
    of_stream = pushed(Windows(RATE, windowing, native_rate=native_rate, **known), samples, sizes)
    if not told and abs(recording.seconds - windowing.longest_s) < 1:  # whether it is longer is told by its samples
        assume(len(of_stream) == len(of_recording))
    assert [(one.start_s, one.end_s) for one in of_stream] == [(one.start_s, one.end_s) for one in of_recording]
    for one, other in zip(of_stream, of_recording, strict=True):
        np.testing.assert_array_equal(one.samples, other.samples)


def test_windows_of_sound_without_end_come_as_soon_as_they_are_whole() -> None:
    windows = Windows(RATE, Windowing(1.0, 0.5, 60.0), seconds=math.inf)
    came = [len(windows.feed(np.ones(RATE // 10, np.float32))) for _ in range(25)]
    assert came == [0] * 9 + [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    assert windows.finish() == []


def test_of_sound_without_end_no_more_is_held_than_a_window_and_a_block() -> None:
    windows = Windows(RATE, Windowing(1.0, 3.0, 1.0), seconds=math.inf)
    for _ in range(100):
        windows.feed(np.ones(150, np.float32))
        assert sum(map(len, windows._blocks)) <= RATE + 150


@pytest.mark.parametrize("block", [np.zeros((4, 2), np.float32), np.zeros(4, np.int16)])
def test_a_block_that_is_not_one_channel_of_floats_is_refused(block: np.ndarray) -> None:
    with pytest.raises(ParameterError, match="A block is one channel of floats, of shape"):
        Windows(RATE).feed(block)


def test_blocks_of_double_precision_are_taken_as_well() -> None:
    windows = Windows(RATE, Windowing.every(1.0), native_rate=2 * RATE)
    found = [*windows.feed(np.ones(4 * RATE)), *windows.finish()]
    assert {window.samples.dtype for window in found} == {np.dtype(np.float32)}
    assert len(found) == 2


def test_a_stream_without_any_sound_has_no_window() -> None:
    assert Windows(RATE).finish() == []


@pytest.mark.parametrize("rate", [0, -1, math.nan, "16000"])
def test_a_rate_of_a_stream_that_is_no_rate_is_refused(rate: object) -> None:
    """The converter never comes back from a rate that is not a number."""
    with pytest.raises(ParameterError, match="positive whole number of Hz"):
        Windows(16000, native_rate=rate)  # type: ignore[arg-type]


def test_after_the_end_of_a_stream_nothing_comes() -> None:
    windows = Windows(16000, native_rate=44100)
    windows.feed([0.1, -0.1] * 22050)
    assert len(windows.finish()) == 1
    assert windows.finish() == []
    with pytest.raises(ParameterError, match="has ended"):
        windows.feed(np.zeros(10))
