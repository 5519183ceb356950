from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile

import offkey
from offkey.datasets import read_dataset
from offkey.datasets.table import COLUMNS
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


def test_a_table_of_clips_keeps_its_columns_and_its_order(tmp_path: Path, hum) -> None:
    for name in ("b_normal", "a_anomaly", "long"):
        soundfile.write(tmp_path / f"{name}.wav", hum(len(name), seconds=0.6 if name == "long" else 0.3), 16_000)
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    names = ["b_normal", "broken", "a_anomaly", "long", "gone"]
    listed = pl.DataFrame({"file": [f"{tmp_path}/./{name}.wav" for name in names], "speed": range(5), "error": "old"})
    table = offkey.extract(listed, features="mfcc", window_s=0.3)
    assert table.columns[:6] == ["file", "speed", "start_s", "end_s", "error", "mfcc_00_mean"]
    assert table["speed"].to_list() == [0, 1, 2, 3, 3, 4]
    assert table["error"].is_null().to_list() == [True, False, True, True, True, False]
    assert table["mfcc_00_mean"].is_null().to_list() == [False, True, False, False, False, True]
    alone = offkey.extract(tmp_path / "a_anomaly.wav", features="mfcc")
    assert table["mfcc_03_mean"][2] == alone["mfcc_03_mean"][0]
    assert table["file"][2] == alone["file"][0]


def test_a_data_set_is_a_table_of_clips(mixed_folder: Path) -> None:
    clips = read_dataset("folder", mixed_folder)
    table = offkey.extract(clips, features="stats")
    assert table.columns[:13] == list(COLUMNS)
    assert len(table) == len(clips)
    with pytest.raises(ParameterError, match="needs a column 'file'"):
        offkey.extract(clips.select("label"))
    with pytest.raises(UsageError, match="There is no clip to work on"):
        offkey.extract(clips.clear())
