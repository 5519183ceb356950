from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import offkey
from offkey.detectors import as_sklearn
from offkey.detectors import create as create_detector
from offkey.detectors.fused import Fused
from offkey.errors import NotFittedError, ParameterError, UsageError
from offkey.features import create

ABOUT = ["file", "start_s", "end_s", "error"]


def test_each_feature_is_a_column_by_its_name(normal_folder: Path, hum) -> None:
    sounds = [hum(number) for number in range(3)]
    table = offkey.extract(sounds, rate=16_000, jobs=1)
    front_end = create("logmel", **Fused.asks["logmel"])
    assert table.columns == [*ABOUT, *front_end.feature_names(16_000)]
    centred = [sound - np.float32(sound.mean(dtype=np.float64)) for sound in sounds]
    expected = [front_end.vector(sound, 16_000) for sound in centred]
    np.testing.assert_array_equal(table.drop(ABOUT).to_numpy(), expected)
    assert table["error"].to_list() == [None] * 3


def test_a_bad_clip_costs_its_own_row(mixed_folder: Path) -> None:
    table = offkey.extract(mixed_folder, features="mfcc")
    bad = table.filter(pl.col("error").is_not_null())
    assert 0 < len(bad) < len(table)
    assert bad["mfcc_00_mean"].null_count() == len(bad)
    assert table.filter(pl.col("error").is_null())["mfcc_00_mean"].null_count() == 0
    assert len(offkey.extract(mixed_folder / "bad_silence.wav")) == 1


def test_a_long_recording_has_a_row_a_window(hum) -> None:
    table = offkey.extract(hum(0, seconds=2), rate=16_000, features="stats", window_s=0.5)
    assert table["start_s"].to_list() == [0.0, 0.5, 1.0, 1.5]
    assert len(offkey.extract(hum(0, seconds=2), rate=16_000, features="stats")) == 1


def test_of_a_model_they_are_what_it_scores(normal_folder: Path, hum) -> None:
    model = offkey.fit(normal_folder, detector="knn")
    table = model.extract([hum(7), hum(8)], rate=16_000)
    scores = model.scores(table.drop(ABOUT).to_numpy())
    assert scores.tolist() == [result.score for result in model.score([hum(7), hum(8)], rate=16_000)]


def test_a_detector_takes_the_table_and_keeps_its_names(normal_folder: Path) -> None:
    X = offkey.extract(normal_folder, features="mfcc").drop(ABOUT)
    outliers = as_sklearn("gmm", n_components=1).fit(X)
    assert outliers.feature_names_in_.tolist() == X.columns
    assert create_detector("gmm", n_components=1).fit(X).score(X).shape == (24,)


def test_what_cannot_be_is_said(normal_folder: Path) -> None:
    with pytest.raises(ParameterError, match="There is no front end 'logmle'"):
        offkey.extract(normal_folder, features="logmle")
    with pytest.raises(UsageError, match="The option 'channel' is wrong"):
        offkey.extract(normal_folder, channel=-1)
    with pytest.raises(NotFittedError, match="has learnt nothing yet"):
        offkey.extract(normal_folder, features="discriminative")
