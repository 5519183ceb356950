from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offkey.audio import ArrayRecording
from offkey.errors import AudioError, ParameterError
from offkey.hearing.windows import LONG_S, Windowing, windows

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
    found = list(windows(_Blocks(samples, sizes), rate=RATE, windowing=Windowing(window_s, hop_s)))
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
    in_blocks = next(windows(_Blocks(samples, sizes), rate=240)).samples
    at_once = next(windows(ArrayRecording(samples, RATE), rate=240)).samples
    np.testing.assert_allclose(in_blocks, at_once, atol=1e-6)
    assert abs(len(in_blocks) - 50 * 240) <= 1


def test_a_recording_of_a_minute_is_one_window() -> None:
    samples = np.arange(60 * RATE, dtype=np.float32)
    (window,) = windows(ArrayRecording(samples, RATE), rate=RATE)
    assert (window.start_s, window.end_s, len(window.samples)) == (0, 60, 60 * RATE)


def test_a_low_rate_is_refused_with_what_is_missing() -> None:
    with pytest.raises(AudioError, match="at 8000 Hz, but at least 16000 Hz are needed: the sound above 4000 Hz"):
        next(windows(ArrayRecording(np.ones(8000), 8000, "low"), rate=16_000))


@pytest.mark.parametrize(("window_s", "hop_s", "word"), [(0, 10, "window"), (10, -1, "hop"), (10, float("nan"), "hop")])
def test_lengths_out_of_range_are_refused(window_s: float, hop_s: float, word: str) -> None:
    with pytest.raises(ParameterError, match=f"The {word} must be between 0.1 and 3600 seconds"):
        Windowing(window_s, hop_s)
