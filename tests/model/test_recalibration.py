from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.model.plant import RATE, plant

import offkey
from offkey.archive import MODEL, read_archive, write_archive
from offkey.errors import AudioError, ModelFileError
from offkey.model.shift import shift_of


def plants(first: int, n: int, **how: float) -> list[np.ndarray]:
    return [plant(first + number, **how) for number in range(n)]


def share(model: offkey.Model, clips: list[np.ndarray]) -> float:
    return float(np.mean([result.anomalous for result in model.score(clips, rate=RATE)]))


@pytest.fixture(scope="module")
def model() -> offkey.Model:
    return offkey.fit(plants(0, 60), rate=RATE, false_alarm_rate=0.05)


@pytest.fixture(scope="module")
def moved(model: offkey.Model) -> offkey.Model:
    return model.recalibrate(plants(1000, 10, gain=0.5), rate=RATE)


def test_ten_clips_of_a_moved_microphone_bring_the_promise_back(model, moved) -> None:
    quiet, faulty = plants(2000, 100, gain=0.5), plants(3000, 30, gain=0.5, tone_hz=3000)
    assert share(model, quiet) > 0.8
    assert share(moved, quiet) <= 0.15
    assert share(moved, faulty) > 0.9
    assert moved.recalibration.features is not None
    assert (moved.recalibration.clips, moved.recalibration.left_out) == (10, ())
    assert (moved.config, moved.fitted_on) == (model.config, model.fitted_on)
    assert model.recalibration is None


def test_a_recalibrated_model_takes_the_new_sound_for_usual(model, moved) -> None:
    quiet = plants(4000, 20, gain=0.5)
    assert shift_of(model, model.score(quiet, rate=RATE)).shifted
    assert not shift_of(moved, moved.score(quiet, rate=RATE)).shifted


def test_where_nothing_moved_features_stay_and_scores_too(model) -> None:
    same = model.recalibrate(plants(1000, 10), rate=RATE)
    assert same.recalibration.features is None
    clip = plant(5000)
    assert same.score(clip, rate=RATE).score == model.score(clip, rate=RATE).score
    assert share(same, plants(2000, 100)) <= 0.15


def test_faults_among_the_new_clips_are_left_out_and_named(model, moved) -> None:
    clips = plants(1000, 10, gain=0.5) + plants(3000, 2, gain=0.5, tone_hz=3000)
    found = model.recalibrate(clips, rate=RATE)
    assert [name for name, _ in found.recalibration.left_out] == ["array 10", "array 11"]
    assert found.threshold == moved.threshold
    assert "listen to it" in " ".join(found.recalibration.notes(0.05))


def test_few_clips_are_told_and_fewer_refused(model) -> None:
    found = model.recalibrate(plants(1000, 6), rate=RATE)
    assert any("Only 6 new clips" in note for note in found.recalibration.notes(0.05))
    with pytest.raises(AudioError, match="expected at least 5 that can be used, better 10 or more, found 4 among 4"):
        model.recalibrate(plants(1000, 4), rate=RATE)


def test_clips_that_were_learnt_tell_nothing_new(model) -> None:
    with pytest.raises(AudioError, match=r"found 0 among 60; the first reason: .* the model learnt from it"):
        model.recalibrate(plants(0, 60), rate=RATE)


def test_recalibration_begins_from_the_fit_each_time(model, moved) -> None:
    again = moved.recalibrate(plants(1000, 10, gain=0.5), rate=RATE)
    assert again.threshold.value == pytest.approx(moved.threshold.value, rel=1e-6)
    back = moved.recalibrate(plants(6000, 10), rate=RATE)
    assert back.recalibration.features is None
    assert share(back, plants(2000, 50)) <= 0.15


def test_the_file_keeps_it(moved, tmp_path: Path) -> None:
    moved.save(tmp_path / "m.offkey")
    loaded = offkey.load(tmp_path / "m.offkey")
    assert loaded.recalibration.about() == moved.recalibration.about()
    assert loaded.threshold == moved.threshold
    clip = plant(7000, gain=0.5)
    assert loaded.score(clip, rate=RATE) == moved.score(clip, rate=RATE)
    assert loaded.with_false_alarm_rate(0.1).threshold == moved.with_false_alarm_rate(0.1).threshold


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("clips", 0),
        ("when", 3),
        ("move", {"clips": 10, "offset": "far", "ratio": 1.0}),
        ("normal_scores", "none"),
        ("features", np.zeros(3)),
        ("left_out", 5),
        ("more", 5),
    ],
)
def test_a_damaged_one_is_refused_in_a_sentence(moved, tmp_path: Path, key: str, value: object) -> None:
    path = tmp_path / "m.offkey"
    moved.save(path)
    state = read_archive(path, MODEL, lambda content: content)
    write_archive(path, MODEL, {**state, "recalibration": {**state["recalibration"], key: value}})
    with pytest.raises(ModelFileError, match=r"m\.offkey"):
        offkey.load(path)


@pytest.mark.parametrize("settings", [{"detector": "knn"}, {"features_params": {"normalisation": "standard"}}])
def test_other_detectors_and_standardised_features_do_too(settings) -> None:
    model = offkey.fit(plants(0, 40), rate=RATE, false_alarm_rate=0.05, **settings)
    found = model.recalibrate(plants(1000, 10, gain=0.5), rate=RATE)
    assert share(found, plants(2000, 50, gain=0.5)) <= 0.2
    again = found.recalibrate(plants(1000, 10, gain=0.5), rate=RATE)
    assert again.threshold.value == pytest.approx(found.threshold.value, rel=1e-4)


def test_told_domains_and_shorter_clips_are_scored_as_before(model, moved) -> None:
    halves = [clip[: RATE // 2] for clip in plants(8000, 60, gain=0.5)]
    assert share(moved, halves) <= 0.2
    domains = ["source"] * 45 + ["target"] * 15
    told = offkey.fit(plants(0, 45) + plants(100, 15, noise=3), rate=RATE, domains=domains, false_alarm_rate=0.05)
    found = told.recalibrate(plants(1000, 10, gain=0.5), rate=RATE)
    assert share(found, plants(2000, 50, gain=0.5)) <= 0.2
