from __future__ import annotations

import numpy as np
import pytest

from offkey.features import create
from offkey.features.mel import log_mel

RATE, BANDS = 16_000, 32


def _noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(0).normal(size=round(seconds * RATE)).astype(np.float32) * 0.1


def _frames(seconds_wanted: float, sound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the frames of the vector and all frames of the sound, a row each."""
    vector = create("frames", n_mels=BANDS, seconds=seconds_wanted).vector(sound, RATE)
    return vector.reshape(-1, BANDS), log_mel(sound, RATE, n_mels=BANDS, floor_db=-120.0).T


def test_a_clip_of_10_s_is_311_frames_of_128_bands_in_their_order() -> None:
    sound = _noise(10)
    vector = create("frames").vector(sound, RATE)
    assert vector.dtype == np.float32
    np.testing.assert_array_equal(vector.reshape(311, 128), log_mel(sound, RATE, n_mels=128, floor_db=-120.0).T)


def test_a_shorter_clip_repeats_itself() -> None:
    frames, there = _frames(2.0, _noise(0.7))
    np.testing.assert_array_equal(frames, np.tile(there, (4, 1))[: len(frames)])
    assert len(there) < len(frames)


@pytest.mark.parametrize("seconds", [1.1, 2.0, 5.0])
def test_a_longer_clip_is_told_by_stretches_from_its_start_to_its_end(seconds: float) -> None:
    frames, there = _frames(1.0, _noise(seconds))
    places = [int(np.flatnonzero((there == frame).all(axis=1))[0]) for frame in frames]
    assert (places[0], places[-1]) == (0, len(there) - 1)
    steps = np.diff(places)
    assert (steps >= 1).all()
    assert (steps > 1).sum() <= np.ceil(len(there) / len(frames)) - 1


def test_it_tells_detectors_how_long_a_frame_is() -> None:
    assert create("frames", n_mels=64).detector_params() == {"frame_size": 64}


def test_bands_from_20_hz_on_hear_no_offset() -> None:
    front_end, sound = create("frames", n_mels=BANDS, seconds=1.0, low_hz=20.0), _noise(1.0)
    np.testing.assert_allclose(
        front_end.vector(sound + np.float32(0.2), RATE), front_end.vector(sound, RATE), atol=0.02
    )
    default = create("frames", n_mels=BANDS, seconds=1.0)
    assert np.abs(default.vector(sound + np.float32(0.2), RATE) - default.vector(sound, RATE)).max() > 1
    assert default.low_hz == 0
    assert front_end.feature_names(RATE)[0] != default.feature_names(RATE)[0]
