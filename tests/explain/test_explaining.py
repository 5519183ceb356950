from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import offkey
from offkey.audio import ArrayRecording
from offkey.detectors import Detector
from offkey.detectors.knn import KNN
from offkey.errors import AudioError, UsageError
from offkey.explain import explain, explaining
from offkey.explain.drawing import draw
from offkey.explain.explanation import Region
from offkey.model import Model
from offkey.model.config import make_config
from offkey.model.fitting.fit_features import fit_features
from offkey.model.make_components import make_extractor

RATE = 16_000


def test_a_tone_is_found_in_words_and_numbers(keeping_model: Model, hum) -> None:
    found = explain(keeping_model, ArrayRecording(hum(100, tone_hz=3000), RATE))
    assert found.anomalous
    first = found.regions[0]
    assert first.higher
    assert first.low_hz < 3000 < first.high_hz
    assert first.high_hz - first.low_hz < 1000
    assert first.character == "a tone at 3 kHz"
    assert "Higher than normal around" in found.sentence
    assert "throughout" in found.sentence
    adds = found.bands.values
    highest = int(np.argmax(adds))
    assert found.bands.edges[highest] <= 3000 * 1.1
    assert found.bands.edges[highest + 1] >= 3000 / 1.1


@pytest.mark.parametrize("detector", ["fused", "lof", "ocsvm"])
def test_what_bands_add_is_the_score_but_for_what_is_no_bands(detector: str, normal_folder, hum) -> None:
    model = offkey.fit(normal_folder, detector=detector)
    found = explain(model, ArrayRecording(hum(100, tone_hz=3000), RATE))
    assert found.bands.exact
    assert found.bands.of in found.method
    rest = float(found.bands.of.removeprefix("the detector's score less "))
    assert found.bands.values.sum() + rest == pytest.approx(found.score, rel=1e-3)
    highest = int(np.argmax(found.bands.values))
    assert found.bands.edges[highest] <= 3000 * 1.1
    assert found.bands.edges[highest + 1] >= 3000 / 1.1


def test_a_detector_that_does_not_divide_its_score_is_explained_by_occlusion(normal_folder, hum, monkeypatch) -> None:
    model = offkey.fit(normal_folder, detector="knn")
    monkeypatch.setattr(KNN, "_contributions", Detector._contributions)
    found = explain(model, ArrayRecording(hum(101, tone_hz=3000), RATE))
    assert not found.bands.exact
    assert found.regions[0].low_hz < 3000 < found.regions[0].high_hz


def test_a_burst_is_found_in_time(keeping_model: Model, hum) -> None:
    sound = hum(101)
    burst = slice(round(0.6 * RATE), round(0.8 * RATE))
    sound[burst] += 0.3 * np.random.default_rng(0).standard_normal(burst.stop - burst.start).astype(np.float32)
    found = explain(keeping_model, ArrayRecording(sound, RATE))
    low, high = max(found.regions[0].spans_s, key=lambda span: span[1] - span[0])
    assert 0.5 < low < 0.7
    assert 0.7 < high < 0.9
    middle = (found.times.edges[:-1] + found.times.edges[1:]) / 2
    assert 0.55 < middle[np.argmax(found.times.values)] < 0.85
    assert {finding.measure for finding in found.timbre if finding.word} >= {"loudness"}


def test_a_normal_clip_is_said_to_be_one(keeping_model: Model, hum) -> None:
    found = explain(keeping_model, ArrayRecording(hum(102), RATE))
    assert not found.anomalous
    assert found.sentence.startswith("Not anomalous by its score")


def test_the_nearest_normal_clip_is_one_that_was_kept(keeping_model: Model, hum) -> None:
    nearest = explain(keeping_model, ArrayRecording(hum(103), RATE)).nearest
    assert nearest is not None
    assert nearest.among == 4
    assert nearest.name.endswith(".wav")
    assert nearest.samples is not None
    assert nearest.levels_db is not None
    assert nearest.levels_db.shape[0] == 128


def test_the_form_is_json_and_holds_what_is_documented(keeping_model: Model, hum) -> None:
    found = explain(keeping_model, ArrayRecording(hum(104, tone_hz=2000), RATE))
    content = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert content["schema"] == 1
    assert np.shape(content["levels_db"]) == np.shape(content["deviations"]) == found.levels_db.shape
    assert len(content["bands"]["edges"]) == len(content["bands"]["values"]) + 1
    assert content["nearest"]["name"]
    assert "samples" not in content


def test_a_model_without_references_explains_by_the_clip_alone_and_says_so(normal_folder, hum) -> None:
    config = make_config()
    extractor = make_extractor(config, RATE)
    heard = [extractor.extract(path) for path in sorted(normal_folder.iterdir())]
    model = fit_features(heard, config=config, rate=RATE)
    sound = hum(105)
    sound[8000:11000] += hum(1, tone_hz=3000)[8000:11000]
    found = explain(model, ArrayRecording(sound, RATE))
    assert "keeps nothing of how its normal clips sound" in found.method
    assert found.nearest is None
    assert found.timbre == []
    assert found.levels_db.shape == found.deviations.shape
    assert draw(found).startswith(b"\x89PNG")


def test_of_a_long_recording_the_worst_window_or_that_asked_for(keeping_model: Model, hum) -> None:
    sound = hum(106, seconds=65)
    sound[30 * RATE : 33 * RATE] += hum(1, seconds=3, tone_hz=3000)
    recording = ArrayRecording(sound, RATE)
    assert 30 <= explain(keeping_model, recording).start_s < 33
    chosen = explain(keeping_model, recording, at=12.5)
    assert (chosen.start_s, chosen.end_s) == (12, 13)
    with pytest.raises(UsageError, match=r"There is no sound at 99 s in .*: it ends at 65.0 s"):
        explain(keeping_model, recording, at=99)


def test_a_clip_that_cannot_be_scored_is_an_error(keeping_model: Model) -> None:
    with pytest.raises(AudioError, match="silence"):
        explain(keeping_model, ArrayRecording(np.zeros(RATE, np.float32), RATE))


@pytest.mark.parametrize("features", ["mfcc", "stats", "spectrum"])
def test_any_front_end_is_explained(features: str, normal_folder, hum) -> None:
    model = offkey.fit(normal_folder, features=features, detector="knn")
    found = explain(model, ArrayRecording(hum(107, tone_hz=3000), RATE))
    assert found.bands.exact == (features == "spectrum")
    highest = int(np.argmax(found.bands.values))
    assert found.bands.edges[highest] <= 3300
    assert found.bands.edges[highest + 1] >= 2700


def test_a_region_is_described_by_its_longest_stretch_and_one_below_normal_not_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        explaining, "describe", lambda stretch, rate, *_: f"{stretch[0]:g} for {len(stretch) / rate:g} s"
    )
    samples = np.repeat(np.arange(10.0), 100).astype(np.float32)  # at 100 Hz the second, from 5 s of the recording on
    region = Region(100.0, 200.0, [(5.0, 6.0), (8.0, 11.0), (13.0, 14.0)], higher=True, deviation=5.0, share=1.0)
    assert explaining._characterised(region, samples, 100, 5.0).character == "3 for 3 s"
    below = replace(region, higher=False)
    assert explaining._characterised(below, samples, 100, 5.0) == below
