"""Models of a near and a far microphone, in files, in streams and as earlier versions kept them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

import offkey
from offkey.audio import ArrayRecording
from offkey.errors import AudioError, ParameterError
from offkey.hearing.windows import Windowing, Windows, read_windows

RATE = 16_000


def _pair(seed: int, seconds: float = 2.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    n = round(seconds * RATE)
    noise, machine = rng.normal(0, 0.05, n), 0.02 * np.sin(np.arange(n) * 0.3) + rng.normal(0, 0.005, n)
    return np.stack([machine + np.convolve(noise, [0.2, 1.0, 0.5])[:n], noise], axis=1).astype(np.float32)


@pytest.fixture(scope="module")
def model() -> offkey.Model:
    clips = [_pair(seed) for seed in range(20)]
    return offkey.fit(clips, rate=RATE, channel="0-1", detector="knn")


def test_a_model_of_two_microphones_scores_the_same_out_of_its_file(model: offkey.Model, tmp_path: Path) -> None:
    model.save(tmp_path / "m.offkey")
    loaded = offkey.load(tmp_path / "m.offkey")
    assert loaded.config.channel == "0-1 per bin"
    before, after = model.score(_pair(99), rate=RATE), loaded.score(_pair(99), rate=RATE)
    assert before.score == after.score


def test_a_model_of_an_earlier_version_still_subtracts_samples(model: offkey.Model, tmp_path: Path) -> None:
    earlier = offkey.fit([(pair := _pair(seed))[:, 0] - pair[:, 1] for seed in range(20)], rate=RATE, detector="knn")
    earlier.config = earlier.config.model_copy(update={"channel": "0-1"})
    earlier.save(tmp_path / "m.offkey")
    loaded = offkey.load(tmp_path / "m.offkey")
    assert loaded.config.channel == "0-1"
    pair = _pair(99)
    expected = loaded.score_window(pair[:, 0] - pair[:, 1])
    found = loaded.score(pair, rate=RATE)
    assert found.score == pytest.approx(expected)
    other = model.score(pair, rate=RATE)
    assert other.score != pytest.approx(expected)


@pytest.mark.parametrize("native_rate", [RATE, 22_050])
@pytest.mark.parametrize("size", [997, 40_000])
def test_a_stream_of_two_microphones_gives_the_windows_of_the_file(native_rate: int, size: int) -> None:
    sound, windowing = _pair(1, 7.0), Windowing.every(2.0)
    recording = ArrayRecording(sound, native_rate, "clip")
    expected = list(read_windows(recording, rate=RATE, channel="0-1 per bin", windowing=windowing))
    windows = Windows(RATE, windowing, native_rate=native_rate, seconds=float("inf"), pair=True)
    found = [one for at in range(0, len(sound), size) for one in windows.feed(sound[at : at + size])]
    found += windows.finish()
    assert len(found) == len(expected) > 2
    for one, other in zip(found, expected, strict=True):
        assert one.start_s == other.start_s
        np.testing.assert_array_equal(one.samples, other.samples)


def test_a_stream_of_one_channel_is_refused_where_two_are_needed(model: offkey.Model) -> None:
    windows = model.extractor().windows(RATE)
    with pytest.raises(ParameterError, match=r"near and far microphone as floats, of shape \(n, 2\)"):
        windows.feed(np.zeros(100, np.float32))


@pytest.mark.parametrize(
    ("far", "told"),
    [
        (0.0, "channel 1 of 2 is silent, channel 0 is not: fit with --channel 0"),
        (1.0, "channels 0 and 1 hold the same sound, nothing is left of it: fit with --channel 0"),
    ],
)
def test_a_far_microphone_that_cannot_help_gets_a_sentence(
    model: offkey.Model, tmp_path: Path, far: float, told: str
) -> None:
    near = _pair(3)[:, 0]
    soundfile.write(tmp_path / "a.wav", np.stack([near, far * near], axis=1), RATE)
    with pytest.raises(AudioError, match=told):
        model.score(tmp_path / "a.wav")


def test_a_recording_without_a_far_microphone_gets_a_sentence(model: offkey.Model) -> None:
    with pytest.raises(AudioError, match="has no channel 1: it has 1"):
        model.score(_pair(3)[:, 0], rate=RATE)
