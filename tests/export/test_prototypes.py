"""Models that remember prototypes in place of clips."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.model.plant import RATE, plant

import offkey
from offkey.errors import ExportError
from offkey.export.prototypes import held_out_scores, with_memory
from offkey.model.model import Model

MEMORY = 20


def _plants(first: int, n: int, **how: float) -> list[NDArray[np.float32]]:
    return [plant(first + number, **how) for number in range(n)]


def _share(model: Model, clips: list[NDArray[np.float32]]) -> float:
    return float(np.mean([result.anomalous for result in model.score(clips, rate=RATE)]))


@pytest.fixture(scope="module", params=["fused", "knn"])
def model(request: pytest.FixtureRequest) -> Model:
    return offkey.fit(_plants(0, 60), rate=RATE, detector=request.param, false_alarm_rate=0.05)


@pytest.fixture(scope="module")
def smaller(model: Model) -> Model:
    return with_memory(model, MEMORY)[0]


def test_what_is_promised_still_holds_and_faults_are_still_found(model: Model, smaller: Model) -> None:
    assert smaller.calibration.worth == model.calibration.worth
    assert _share(smaller, _plants(2000, 100)) <= 0.15
    assert _share(smaller, _plants(3000, 30, tone_hz=3000)) > 0.8


def test_normal_clips_score_as_the_calibration_says(smaller: Model) -> None:
    p_values = [result.p_value for result in smaller.score(_plants(2000, 100), rate=RATE)]
    assert 0.3 < np.mean(p_values) < 0.7


def test_a_smaller_model_is_a_model_whose_file_scores_alike(model: Model, smaller: Model, tmp_path: Path) -> None:
    smaller.save(tmp_path / "smaller.offkey")
    model.save(tmp_path / "whole.offkey")
    again = offkey.load(tmp_path / "smaller.offkey")
    clips = _plants(2000, 3)
    scores = [result.score for result in again.score(clips, rate=RATE)]
    assert scores == [result.score for result in smaller.score(clips, rate=RATE)]
    assert scores != [result.score for result in model.score(clips, rate=RATE)]
    assert (tmp_path / "smaller.offkey").stat().st_size < (tmp_path / "whole.offkey").stat().st_size


def test_the_note_says_how_many_and_what_that_costs(model: Model) -> None:
    (note,) = with_memory(model, MEMORY)[1]
    assert f"with {MEMORY} prototypes in place of" in note
    before, after = (float(part.rstrip(".")) for part in (note.split()[-1], note.split("AUC of ")[1].split(",")[0]))
    assert 0.5 < after < before + 0.05 < 1.05


def test_a_model_that_remembers_no_more_stays_as_it_is(model: Model) -> None:
    same, (note,) = with_memory(model, 60)
    assert same is model
    assert note == f"--memory 60 changes nothing: '{model.detector.name}' keeps no more than 60 normal clips here."


def test_a_recalibrated_model_stays_recalibrated(model: Model) -> None:
    moved = model.recalibrate(_plants(1000, 10, gain=0.9), rate=RATE)
    smaller = with_memory(moved, MEMORY)[0]
    assert smaller.recalibration is not None
    clips = _plants(2000, 60, gain=0.9)
    assert _share(smaller, clips) <= _share(moved, clips) + 0.1
    np.testing.assert_array_equal(smaller.calibration.normal_scores, smaller.recalibration.calibration().normal_scores)


def test_a_threshold_that_was_set_by_hand_keeps_its_rank(model: Model) -> None:
    middle = float(np.median(model.calibration.normal_scores))
    smaller = with_memory(replace(model, threshold=model.calibration.at(middle)), MEMORY)[0]
    assert abs((smaller.calibration.normal_scores > smaller.threshold.value).mean() - 0.5) < 0.05


@pytest.mark.parametrize("memory", [0, 15])
def test_fewer_than_sixteen_prototypes_are_refused(model: Model, memory: int) -> None:
    with pytest.raises(ExportError, match=f"Got --memory {memory} instead"):
        with_memory(model, memory)


def test_a_detector_without_prototypes_is_refused_and_one_without_memory_goes() -> None:
    clips = _plants(0, 20)
    with pytest.raises(ExportError, match="'band_agreement' of this model has no prototypes"):
        with_memory(offkey.fit(clips, rate=RATE, detector="band_agreement"), 16)
    ellipsoid = offkey.fit(clips, rate=RATE, detector="mahalanobis")
    same, (note,) = with_memory(ellipsoid, 16)
    assert same is ellipsoid
    assert "--memory 16 changes nothing: 'mahalanobis'" in note


def test_held_out_clips_score_higher_than_learnt_ones_and_faults_higher_still() -> None:
    X = np.random.default_rng(0).normal(size=(100, 16))
    detector = offkey.detectors.create("knn").fit(X)
    found = held_out_scores(detector, 20)
    assert found.before.mean() > detector.score(X).mean()
    assert found.after.mean() > found.before.mean()  # prototypes lie farther away
    assert min(found.areas()) > 0.6
