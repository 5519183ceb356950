from __future__ import annotations

from pathlib import Path

import pytest

import offkey
from offkey.model.model_words import describe_model


@pytest.fixture(scope="module")
def model(normal_folder: Path) -> offkey.Model:
    files = sorted(normal_folder.iterdir())
    return offkey.fit([*files, normal_folder / "gone.wav"], detector="knn", domains=["source"] * 20 + ["target"] * 5)


def test_a_model_says_what_it_learnt_and_how_it_hears(model: offkey.Model) -> None:
    found = describe_model(model.with_windowing(0.5, 0.25))
    assert found["Learnt from"].startswith(
        "24 normal clips, 24 s of sound. Domains: 20 of source, 4 of target. 1 clip was"
    )
    assert found["Hears"].endswith("A recording longer than 0.5 s is scored in windows of 0.5 s, one every 0.25 s.")


def test_a_model_says_what_it_can_promise(model: offkey.Model) -> None:
    assert "an estimate, extrapolated" in describe_model(model)["Promises"]
    assert describe_model(model.with_false_alarm_rate(0.2))["Promises"] == (
        "Of new normal clips 8.6 to 34 % will be called anomalous, in 9 of 10 such fits; 20 % asked for."
    )
    assert describe_model(model.with_threshold(-1e9))["Promises"].startswith("Nothing: the threshold lies below")


def test_a_model_says_that_it_was_recalibrated(model: offkey.Model, hum) -> None:
    moved = model.recalibrate([0.5 * hum(900 + number) for number in range(6)], rate=16_000)
    assert "by 6 new normal clips." in describe_model(moved)["Recalibrated"]
    assert describe_model(model)["Recalibrated"] == "No: the threshold is that of the fit."
