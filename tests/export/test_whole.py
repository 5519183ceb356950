"""Models as graphs: every front end and every detector, beside Python."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.conftest import Hum
from tests.export.conftest import RATE, MakeModel

from offkey.decision import ByLength
from offkey.detectors.fused_earlier import EarlierFused
from offkey.errors import ExportError
from offkey.export.whole import SAMPLES, SCORE, whole_graph, window_samples
from offkey.hearing.windows import Windowing
from offkey.model import Model
from offkey.runtime.graph import run

FRONT_ENDS: dict[str, dict[str, Any]] = {
    "mean": {"features": "logmel"},
    "all of logmel": {"features": "logmel", "features_params": {"deviation": True, "change": True}},
    "spectrum": {"features": "spectrum"},
    "mfcc": {"features": "mfcc"},
    "frames": {"features": "frames"},
}
DETECTORS = ("mahalanobis", "pca_residual", "gmm", "knn", "local_density")


def _scores(model: Model, clips: list[Any]) -> tuple[Any, Any]:
    """Return the scores of clips by Python, and by the graph."""
    graph, _ = whole_graph(model)
    batch = np.stack([clip[: window_samples(model)] for clip in clips])
    expected = [result.score for result in model.score(list(batch), rate=model.rate)]
    return np.array(expected), run(graph, {SAMPLES: batch})[SCORE]


@pytest.fixture
def clips(hum: Hum) -> list[Any]:
    return [hum(100 + number, seconds=1.5, rate=RATE, tone_hz=tone) for number, tone in enumerate((None, None, 2500))]


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_a_front_end_goes_with_a_detector(make_model: MakeModel, clips: list[Any], name: str) -> None:
    expected, found = _scores(make_model(detector="mahalanobis", **FRONT_ENDS[name]), clips)
    np.testing.assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_detector_goes_with_a_front_end(make_model: MakeModel, clips: list[Any], detector: str) -> None:
    model = make_model(detector=detector, features_params={"n_mels": 16})
    expected, found = _scores(model, clips)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4 * np.ptp(model.calibration.normal_scores))


def test_a_model_that_was_recalibrated_moves_features_first(model: Model, clips: list[Any], hum: Hum) -> None:
    other = model.recalibrate([0.4 * hum(200 + number, seconds=0.5, rate=RATE) for number in range(10)], rate=RATE)
    assert other.recalibration is not None
    assert other.recalibration.features is not None
    expected, found = _scores(other, clips)
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    assert not np.allclose(expected, _scores(model, clips)[0], rtol=0.01)


def test_a_window_longer_than_the_clips_learnt_is_the_mean_of_its_parts(model: Model, clips: list[Any]) -> None:
    expected, found = _scores(model.with_windowing(1.2, None), clips)
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_a_model_of_an_earlier_version_takes_no_mean_away(model: Model, clips: list[Any]) -> None:
    earlier = replace(model, lengths=None, by_length=None, windowing=Windowing.every(0.5))
    expected, found = _scores(earlier, [clip + np.float32(0.01) for clip in clips])
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_windows_shorter_than_the_clips_learnt_are_refused(model: Model) -> None:
    known = ByLength(np.array([1.0, 0.5]), np.sort(np.random.default_rng(0).random((2, 9)), axis=1))
    with pytest.raises(ExportError, match=r"cuts windows of 0.3 s but learnt from clips of 0.5 s.* --window 0.3"):
        whole_graph(replace(model.with_windowing(0.3, None), by_length=known))


def test_what_has_no_form_as_a_graph_is_refused_in_a_sentence(model: Model) -> None:
    with pytest.raises(ExportError, match="'fused' of an earlier version cannot be exported"):
        whole_graph(replace(model, detector=EarlierFused()))
