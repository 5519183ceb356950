"""The explanation of an event: the band that departs, when in the clip, and what normal sound to compare with."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.conftest import Hum

import offkey
from offkey.model import Model
from offkey.watch.evidence.explaining import explain_window
from offkey.watch.evidence.ring import Cut

AT = 1_800_000_000.0


@pytest.fixture(scope="module")
def model(normal_folder) -> Model:
    return offkey.fit(normal_folder, detector="knn", jobs=1, keep_references=4)


def _cut(samples: np.ndarray, began: float) -> Cut:
    return Cut(np.rint(samples * 32_767).astype(np.int16)[:, None], 16_000, began)


def test_the_band_is_named_and_moments_are_those_of_the_clip(model: Model, hum: Hum) -> None:
    sound = [hum(1), hum(2), hum(3, tone_hz=3000)]
    clip = _cut(np.concatenate(sound), AT)
    sentence, details = explain_window(model, "hum", _cut(sound[2], AT + 2), clip)
    assert "3 kHz" in sentence
    (region, *_) = details["regions"]
    assert region["low_hz"] <= 3000 <= region["high_hz"]
    assert all(2.0 <= low < high <= 3.0 for low, high in region["spans_s"])
    assert details["times"]["edges"][0] == 2.0
    assert details["window"] == {"began": AT + 2, "ended": AT + 3}
    assert details["score"] > details["threshold"]
    assert 0 < details["p_value"] < 0.1
    assert len(details["normal"]["sha256"]) == 64
    assert json.loads(json.dumps(details, allow_nan=False))["bands"] == details["bands"]


def test_the_score_is_that_of_the_window_as_it_was_scored(model: Model, hum: Hum) -> None:
    samples = np.rint(hum(5, tone_hz=1000) * 32_767).astype(np.int16)
    _, details = explain_window(model, "hum", Cut(samples[:, None], 16_000, AT), None)
    assert details["score"] == model.score((samples / 32_768).astype(np.float32), rate=16_000).score


def test_a_window_that_cannot_be_scored_has_no_explanation(model: Model) -> None:
    with pytest.raises(offkey.OffkeyError, match="silence"):
        explain_window(model, "hum", Cut(np.zeros((16_000, 1), np.int16), 16_000, AT), None)
