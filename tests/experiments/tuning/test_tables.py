from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from offkey.experiments.space import Space
from offkey.experiments.tuning.division import divide
from offkey.experiments.tuning.results import Tuned
from offkey.experiments.tuning.tables import write_tuned
from offkey.experiments.tuning.tuning import Tuner
from offkey.model import ModelConfig


@pytest.fixture(scope="module")
def tuned(weak_faults: pl.DataFrame) -> Tuned:
    space = Space("knn", "logmel", {"n_neighbors": [8, 10]}, {"pooling": [[1.0], [1.0, 0.5]]})
    return Tuner(space, jobs=1).tune(divide(weak_faults), select_features=True, most=4)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_everything_that_was_tried_is_written(tuned: Tuned, tmp_path: Path) -> None:
    written = write_tuned(tuned, tmp_path / "a" / "b")
    names = ["config.json", "candidates.csv", "curve.png", "features.csv", "features.png"]
    assert [path.name for path in written] == names
    rows = _rows(tmp_path / "a" / "b" / "candidates.csv")
    tuning = [row for row in rows if row["part"] == "tuning"]
    assert len(tuning) == 5
    assert [row["detector.n_neighbors"] for row in tuning] == ["1", "8", "10", "8", "10"]
    assert [row["features.pooling"] for row in tuning[1:]] == ["[1.0]", "[1.0]", "[1.0, 0.5]", "[1.0, 0.5]"]
    assert [float(row["auc"]) for row in tuning] == [trial.figures.auc for trial in tuned.trials]
    assert [k for k, row in enumerate(tuning) if "chosen" in row["role"]] == [tuned.best]
    assert tuning[0]["role"].startswith("default")
    assert all(float(row["auc_low"]) <= float(row["auc"]) <= float(row["auc_high"]) for row in rows)
    reporting = [row for row in rows if row["part"] == "reporting"]
    assert [row["role"] for row in reporting] == [report.name for report in tuned.reports]
    assert [float(row["pauc"]) for row in reporting] == [report.figures.pauc for report in tuned.reports]


def test_the_configuration_is_that_of_a_model(tuned: Tuned, tmp_path: Path) -> None:
    write_tuned(tuned, tmp_path)
    config = ModelConfig(**json.loads((tmp_path / "config.json").read_text()))
    assert config == tuned.chosen.config()


def test_the_ranking_is_written_with_its_ends_in_hz(tuned: Tuned, tmp_path: Path) -> None:
    write_tuned(tuned, tmp_path)
    rows = _rows(tmp_path / "features.csv")
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4", ""]
    assert rows[-1]["name"] == "all"
    steps = tuned.selection.steps
    assert [float(row["tuning_auc"]) for row in rows] == [step.tuning.auc for step in steps]
    assert [float(row["reporting_pauc"]) for row in rows] == [step.reporting.pauc for step in steps]
    assert sorted(int(band) for row in rows[:-1] for band in row["keep"].split()) == list(range(128))
    assert all(float(row["low_hz"]) < float(row["high_hz"]) <= 8000 for row in rows[:-1])
    kept = [row["kept"] for row in rows]
    n_kept = tuned.selection.n_kept
    assert kept == (["1"] * n_kept + ["0"] * (5 - n_kept) if n_kept else ["1"] * 5)


def test_what_has_no_rank_is_listed_too(weak_faults: pl.DataFrame, tmp_path: Path) -> None:
    found = Tuner(Space("knn", "mfcc"), jobs=1).tune(divide(weak_faults), select_features=True, most=2)
    names = [path.name for path in write_tuned(found, tmp_path)]
    assert names == ["config.json", "candidates.csv", "features.csv", "features.png"]  # nothing varied: no curve
    rows = _rows(tmp_path / "features.csv")
    assert [row["rank"] for row in rows] == ["1", "2", "", *[""] * 18]
    assert {row["name"] for row in rows} == {"all"} | {f"coefficient {k}" for k in range(20)}
