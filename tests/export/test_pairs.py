"""Every front end that can leave Python goes with every detector that can: the graph of a pair scores as the pair."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.conftest import Hum
from tests.export.conftest import RATE, MakeModel

from offkey import detectors
from offkey.export.cost import python_scores
from offkey.export.vectors import score_scale
from offkey.export.whole import SAMPLES, SCORE, whole_graph
from offkey.graph import write_onnx
from offkey.model import Model
from offkey.model.make_components import make_detector
from offkey.runtime.graph import read_onnx, run

PAGE = (Path(__file__).parents[2] / "docs" / "edge.md").read_text(encoding="utf-8")
FRONT_ENDS: dict[str, dict[str, Any]] = {
    "logmel": {"features": "logmel", "features_params": {"n_mels": 24}},
    "logmel, all": {"features": "logmel", "detector": "fused", "features_params": {"n_mels": 24, "wobble": True}},
    "spectrum": {"features": "spectrum", "features_params": {"normalisation": "standard"}},
    "mfcc": {"features": "mfcc"},
    "stats": {"features": "stats"},
    "frames": {"features": "frames", "features_params": {"n_mels": 16}},
}
TRAINED = "autoencoder"  # for seconds, by torch: see the tests of its graph
STAYING = {"zero_shot"}  # it compares sounds with words
LEAVING = [name for name in detectors.names() if name not in {*STAYING, TRAINED}]
PAIRS = [(front_end, detector) for front_end in FRONT_ENDS for detector in LEAVING]


def _pair(make_model: MakeModel, front_end: str, detector: str, clips: list[Any]) -> Model:
    """Return the model of a front end with another detector, fitted on clips."""
    model = make_model(**{"detector": "mahalanobis", **FRONT_ENDS[front_end]})
    extractor = model.extractor()
    vectors = np.stack([extractor.vector(clip) for clip in clips])
    features = vectors if model.standardiser is None else model.standardiser(vectors)
    made = make_detector(model.config.model_copy(update={"detector": detector, "detector_params": {}}))
    return replace(model, detector=made.fit(features))


@pytest.fixture(scope="module")
def learnt(hum: Hum) -> list[Any]:
    return [hum(number, seconds=0.5, rate=RATE) for number in range(24)]


@pytest.mark.parametrize(("front_end", "detector"), PAIRS)
def test_a_pair_scores_as_it_does(
    make_model: MakeModel, learnt: list[Any], hum: Hum, front_end: str, detector: str
) -> None:
    model, tones = _pair(make_model, front_end, detector, learnt), (None, 1800, 3000)
    new = np.stack([hum(900 + number, seconds=0.5, rate=RATE, tone_hz=tone) for number, tone in enumerate(tones)])
    graph, _ = whole_graph(model)
    expected = python_scores(model, new)
    away = run(read_onnx(write_onnx(graph)), {SAMPLES: new})[SCORE] - expected
    assert (np.abs(away) <= 1e-4 * score_scale(model, expected)).all()


def test_the_page_names_all_that_can_leave() -> None:
    row = PAGE.partition("| detectors |")[2].partition("\n")[0].split("|")[0]
    assert sorted(re.findall(r"`(\w+)`", row)) == sorted([*LEAVING, TRAINED])
    row = PAGE.partition("| front ends |")[2].partition("\n")[0].split("|")[0]
    assert set(re.findall(r"`(\w+)`", row)) == {name.partition(",")[0] for name in FRONT_ENDS}
