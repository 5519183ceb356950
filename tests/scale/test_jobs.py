from __future__ import annotations

import pytest

from offkey.model.config import make_config
from offkey.scale.jobs import FeatureJob, ScoreJob


@pytest.mark.parametrize("other", [{"window_s": 5.0}, {"hop_s": 2.0}, {"model": b"another"}])
def test_what_rows_of_scores_depend_on_is_in_the_signature(other: dict[str, object]) -> None:
    given = {"model": b"one", "window_s": 10.0, "hop_s": 5.0}
    assert ScoreJob(**given).signature() == ScoreJob(**given).signature()
    assert ScoreJob(**given).signature() != ScoreJob(**{**given, **other}).signature()
    assert ScoreJob(b"one").signature() != ScoreJob(**given).signature()


@pytest.mark.parametrize(
    "other",
    [
        {"window_s": 5.0},
        {"hop_s": 2.0},
        {"channel": 1},
        {"features": "stats"},
        {"features_params": {"n_mels": 64}},
        {"detector": "knn"},
    ],
)
def test_what_features_depend_on_is_in_the_signature(other: dict[str, object]) -> None:
    job = FeatureJob(make_config().model_dump_json(), 16_000)
    assert job.signature() != FeatureJob(make_config(**other).model_dump_json(), 16_000).signature()
    assert job.signature() != FeatureJob(job.config, 8_000).signature()


def test_what_features_do_not_depend_on_is_not() -> None:
    job = FeatureJob(make_config(detector="lof").model_dump_json(), 16_000)
    other = make_config(detector="knn", false_alarm_rate=0.02)  # which ask for nothing
    assert job.signature() == FeatureJob(other.model_dump_json(), 16_000).signature()
