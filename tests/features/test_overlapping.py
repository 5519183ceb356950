"""Windows that overlap: each frame of the sound is computed once, and the features are those of each window."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.features import create
from offkey.features.frames import n_frames
from offkey.features.mel import log_mel
from offkey.features.overlapping import OverlappingFrames, whole_frames_s

RATE = 16_000
SOUND = np.random.default_rng(0).standard_normal(30 * RATE).astype(np.float32)
HOP = round(whole_frames_s(1.0, RATE) * RATE)


def _frames(samples: np.ndarray) -> np.ndarray:
    return log_mel(samples, RATE, n_mels=32, floor_db=-120.0)


def _windows(hop: int, length: int = 10 * RATE) -> list[tuple[int, np.ndarray]]:
    return [(start, SOUND[start : start + length]) for start in range(0, len(SOUND) - length + 1, hop)]


def test_one_second_hops_of_ten_second_windows_compute_each_frame_of_the_stream_once() -> None:
    overlapping = OverlappingFrames(_frames, RATE)
    windows = _windows(HOP)
    for start, window in windows:
        assert np.allclose(overlapping(window, start), _frames(window), atol=1e-4)
    assert len(windows) == 21
    assert overlapping.computed == n_frames(windows[-1][0] + 10 * RATE, RATE)


@pytest.mark.parametrize("hop", [RATE, 10 * RATE, 512 * 400])
def test_windows_that_share_no_frames_are_computed_by_themselves(hop: int) -> None:
    overlapping = OverlappingFrames(_frames, RATE)
    for start, window in _windows(hop):
        assert np.array_equal(overlapping(window, start), _frames(window))


def test_a_window_behind_one_that_was_left_out_or_within_the_one_before_has_its_own_frames() -> None:
    overlapping = OverlappingFrames(_frames, RATE)
    for start, length in ((0, 5), (3 * 512, 5), (3 * 512, 2), (2 * 512, 5), (100 * 512, 5)):
        window = SOUND[start : start + length * RATE]
        assert np.allclose(overlapping(window, start), _frames(window), atol=1e-4)


def test_the_vector_of_a_window_is_its_own_though_its_mean_differs_from_that_of_the_one_before() -> None:
    front_end = create("logmel", transients=True, modulation=True, clip_s=10.0)
    vector = front_end.overlapping(RATE)
    assert vector is not None
    drift = np.linspace(-0.3, 0.3, len(SOUND), dtype=np.float32)
    sound = np.float32(0.1) * SOUND + np.round(drift, 1)
    for start in range(0, 10 * HOP, HOP):
        window = sound[start : start + 10 * RATE]
        window = window - window.mean()
        assert np.allclose(vector(window, start), front_end.vector(window, RATE), atol=2e-3)


def test_bands_that_the_mean_of_a_window_reaches_are_not_shared() -> None:
    assert create("logmel", low_hz=0.0).overlapping(RATE) is None
    assert create("mfcc").overlapping(RATE) is None


def test_hops_are_whole_frames_and_not_too_short() -> None:
    assert whole_frames_s(1.0, RATE) == 0.992
    assert whole_frames_s(0.992, RATE) == 0.992
    assert whole_frames_s(0.1, RATE, least_s=0.1) == 0.128
    assert whole_frames_s(0.001, RATE) == 0.032
    assert whole_frames_s(1.0, 44_100) == pytest.approx(31 * 1411 / 44_100)
