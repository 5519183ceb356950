"""Ten clips that say something of every step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.export.conftest import MakeModel

from offkey.export.clips import make_clips
from offkey.model import Model


def test_they_are_ten_of_the_length_asked_for_and_always_the_same(model: Model) -> None:
    clips = make_clips(model, 4000)
    assert len(clips) == 10
    assert {(clip.shape, clip.dtype.name) for clip in clips.values()} == {((4000,), "int16")}
    again = make_clips(model, 4000)
    assert all(np.array_equal(clip, again[name]) for name, clip in clips.items())


def test_they_reach_the_ends_of_the_converter(model: Model) -> None:
    clips = make_clips(model, 4000)
    assert set(clips["last bit"].tolist()) == {-1, 0, 1}
    assert (clips["clipped"] == 32_767).mean() > 0.1
    assert (clips["clipped"] == -32_768).mean() > 0.1
    assert np.abs(clips["click"].astype(int) - clips["like normal"]).argmax() == 2000


def test_one_has_the_spectrum_of_the_normal_clips(make_model: MakeModel) -> None:
    model = make_model(detector="mahalanobis", features_params={"n_mels": 16}, false_alarm_rate=0.05)
    clips = make_clips(model, 4000)
    scores = np.array([result.score for result in model.score(list(clips.values()), rate=model.rate)], np.float64)
    assert list(clips)[int(scores.argmin())] in ("like normal", "click")


@pytest.mark.parametrize("rate", [1_000, 384_000])
def test_models_of_any_rate_have_them(model: Model, rate: int) -> None:
    other = replace(model, rate=rate, reference=None)
    assert {len(clip) for clip in make_clips(other, 3000).values()} == {3000}
