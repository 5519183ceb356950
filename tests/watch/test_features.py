"""A stream cut in any chunks gives exactly the scores of the file; a window with a gap has none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import Hum

import offkey
from offkey.errors import AudioError
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.source import Begin, End
from offkey.watch.features import StreamScores

AT = 1_800_000_000.0


def _chunks(samples: np.ndarray, cuts: list[int]) -> list[np.ndarray]:
    return [part[:, None] for part in np.split(samples, sorted(cut % len(samples) for cut in cuts))]


@pytest.fixture(scope="module")
def model(watch_model: Path) -> offkey.Model:
    return offkey.load(watch_model).with_windowing(1.0, 0.3)


@settings(max_examples=10)
@given(cuts=st.lists(st.integers(0, 200_000), max_size=8), rate=st.sampled_from([16_000, 44_100]))
def test_a_stream_cut_in_any_chunks_gives_exactly_the_scores_of_the_file(
    cuts: list[int], rate: int, model: offkey.Model, hum: Hum, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("stream") / "a.wav"
    samples = hum(3, seconds=3.75, rate=rate, tone_hz=2500)
    soundfile.write(path, samples, rate, subtype="FLOAT")
    expected = [(result.start_s, result.end_s, result.score, result.p_value) for result in model.results([path])]
    stream = StreamScores(model, "stream")
    windows = stream.feed(Begin(rate, AT, 3.75))
    for chunk in _chunks(samples, cuts):
        windows += stream.feed(chunk)
    windows += stream.feed(End("over", is_whole=True))
    found = [(window.start - AT, window.end - AT, window.score, window.p_value) for window in windows]
    assert len(found) == 11
    assert np.allclose([row[:2] for row in found], [row[:2] for row in expected], atol=1e-6)
    assert [row[2:] for row in found] == [row[2:] for row in expected]


@pytest.fixture(scope="module")
def overlapping(normal_folder: Path) -> offkey.Model:
    """The default model, whose windows share frames."""
    return offkey.fit(normal_folder, jobs=1).with_windowing(1.0, 0.256)


@settings(max_examples=10)
@given(cuts=st.lists(st.integers(0, 200_000), max_size=8), rate=st.sampled_from([16_000, 44_100]))
def test_windows_that_share_frames_have_exactly_the_scores_of_the_file_too(
    cuts: list[int], rate: int, overlapping: offkey.Model, hum: Hum, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert overlapping.extractor().overlapping() is not None
    path = tmp_path_factory.mktemp("stream") / "a.wav"
    samples = hum(3, seconds=3.75, rate=rate, tone_hz=2500)
    soundfile.write(path, samples, rate, subtype="FLOAT")
    expected = [result.score for result in overlapping.results([path])]
    stream = StreamScores(overlapping, "stream")
    windows = stream.feed(Begin(rate, AT, 3.75))
    for chunk in _chunks(samples, cuts):
        windows += stream.feed(chunk)
    windows += stream.feed(End("over", is_whole=True))
    assert len(windows) == 12
    assert [window.score for window in windows] == pytest.approx(expected, rel=1e-12)


def test_an_endless_stream_gives_the_windows_of_the_file_as_soon_as_they_are_whole(
    model: offkey.Model, hum: Hum, tmp_path: Path
) -> None:
    samples = hum(3, seconds=3.75)
    soundfile.write(tmp_path / "a.wav", samples, 16_000, subtype="FLOAT")
    stream = StreamScores(model, "stream")
    stream.feed(Begin(16_000, AT))
    counts, scores = [], []
    for chunk in np.array_split(samples, 15):
        windows = stream.feed(chunk[:, None])
        counts.append(len(windows))
        scores += [window.score for window in windows]
    assert sum(counts) == 10
    assert counts[:4] == [0, 0, 0, 1]
    assert scores == [result.score for result in model.results([tmp_path / "a.wav"])][:10]
    assert stream.feed(End("the cable is out")) == []


def test_the_default_detector_gives_the_scores_of_the_file_but_for_the_rounding_of_sums(
    normal_folder: Path, hum: Hum, tmp_path: Path
) -> None:
    model = offkey.fit(normal_folder, jobs=1).with_windowing(1.0, 0.3)
    samples = hum(3, seconds=3.75, tone_hz=2500)
    soundfile.write(tmp_path / "a.wav", samples, 16_000, subtype="FLOAT")
    stream = StreamScores(model, "stream")
    stream.feed(Begin(16_000, AT))
    scores = [window.score for window in stream.feed(samples[:, None])]
    expected = [result.score for result in model.results([tmp_path / "a.wav"])][:10]
    assert scores == pytest.approx(expected, rel=1e-12)


def test_a_window_with_a_gap_is_not_scored(model: offkey.Model, hum: Hum) -> None:
    stream = StreamScores(model, "stream")
    stream.feed(Begin(16_000, AT))
    assert stream.feed(hum(1, seconds=0.9)[:, None]) == []
    assert stream.feed(End("samples were lost")) == []
    assert stream.feed(hum(1, seconds=5)[:, None]) == []  # between stretches nothing is listened to
    stream.feed(Begin(16_000, AT + 60))
    windows = stream.feed(hum(1, seconds=1.05)[:, None])
    assert [(window.start, window.end) for window in windows] == [(AT + 60, AT + 61)]


def test_a_correction_of_the_clock_moves_windows_and_breaks_none(model: offkey.Model, hum: Hum) -> None:
    stream, sound = StreamScores(model, "stream"), hum(1, seconds=1.4)
    stream.feed(Begin(16_000, AT))
    windows = stream.feed(sound[:17_000, None])
    assert stream.feed(Correction("clock moved", 3600.0, "The clock was set.")) == []
    windows += stream.feed(sound[17_000:, None])
    assert [window.start - AT for window in windows] == pytest.approx([0.0, 3600.3])
    whole = StreamScores(model, "stream")
    whole.feed(Begin(16_000, AT))
    assert [window.score for window in windows] == [window.score for window in whole.feed(sound[:, None])]


def test_silence_has_no_score_and_says_why(model: offkey.Model) -> None:
    stream = StreamScores(model, "stream")
    stream.feed(Begin(16_000, AT))
    (window,) = stream.feed(np.zeros((16_000, 1), np.float32))
    assert np.isnan([window.score, window.p_value, window.surprise]).all()
    assert "digital silence" in str(window.error)


def test_sound_that_the_model_cannot_use_is_said_once(model: offkey.Model, hum: Hum) -> None:
    stream = StreamScores(model, "pump")
    with pytest.raises(AudioError, match="The stream is sampled at 8000 Hz"):
        stream.feed(Begin(8_000, AT))
    assert stream.feed(hum()[:, None]) == []
    stream.feed(Begin(16_000, AT))
    with pytest.raises(AudioError, match="has no channel 0"):
        stream.feed(np.empty((10, 0), np.float32))
    assert stream.feed(hum()[:, None]) == []


def _pair(seed: int, *, fault: float = 0.0, seconds: float = 1.0) -> np.ndarray:
    """Near and far microphone: a machine, the noise of the hall, and a fault that the far one hears half as loud."""
    rng = np.random.default_rng(seed)
    machine, noise, broken = (0.02 * rng.standard_normal(round(seconds * 16_000)) for _ in range(3))
    near, far = machine + noise + fault * broken, noise + 0.05 * machine + fault / 2 * broken
    return np.stack([near, far], axis=1).astype(np.float32)


@pytest.fixture(scope="module")
def pair_model(tmp_path_factory: pytest.TempPathFactory) -> offkey.Model:
    folder = tmp_path_factory.mktemp("pairs")
    for number in range(20):
        soundfile.write(folder / f"{number:02d}.wav", _pair(number), 16_000, subtype="FLOAT")
    return offkey.fit(folder, detector="knn", channel="0-1", jobs=1)


def test_a_pair_of_microphones_without_an_event_gives_exactly_the_scores_of_the_file(
    pair_model: offkey.Model, tmp_path: Path
) -> None:
    soundfile.write(tmp_path / "a.wav", _pair(99, seconds=5), 16_000, subtype="FLOAT")
    sound = soundfile.read(tmp_path / "a.wav", dtype="float32")[0]
    stream = StreamScores(pair_model, "stream")
    windows = stream.feed(Begin(16_000, AT, 5.0))
    for chunk in np.array_split(sound, 7):
        windows += stream.feed(chunk)
        stream.hold_noise(None)
    assert [window.score for window in windows] == [result.score for result in pair_model.results([tmp_path / "a.wav"])]


def test_the_energy_of_a_fault_is_not_taken_away_while_its_event_goes_on(pair_model: offkey.Model) -> None:
    held, free = StreamScores(pair_model, "held"), StreamScores(pair_model, "free")
    scores: dict[str, list[float]] = {}
    for name, stream in (("held", held), ("free", free)):
        stream.feed(Begin(16_000, AT))
        normal = stream.feed(_pair(100, seconds=5))
        if name == "held":
            stream.hold_noise(AT + 5)
        faulty = stream.feed(_pair(101, fault=10.0, seconds=5))
        stream.hold_noise(None)
        over = stream.feed(_pair(102, seconds=5))
        for part, windows in (("normal", normal), ("faulty", faulty), ("over", over)):
            scores[f"{name} {part}"] = [window.score for window in windows]
    assert min(scores["held faulty"]) > 2 * max(scores["free faulty"])
    assert scores["held normal"] == scores["free normal"]
    assert scores["held over"] == scores["free over"]


def test_a_new_stretch_in_an_event_goes_on_with_the_noise_that_is_held(pair_model: offkey.Model) -> None:
    stream = StreamScores(pair_model, "stream")
    stream.feed(Begin(16_000, AT))
    stream.feed(_pair(100, seconds=2))
    stream.hold_noise(AT + 2)
    through = stream.feed(_pair(101, fault=10.0))
    stream.feed(End("the cable is out"))
    stream.feed(Begin(16_000, AT + 60))
    again = stream.feed(_pair(101, fault=10.0))
    assert [window.score for window in again] == [window.score for window in through]
