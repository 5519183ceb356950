"""What people wrote beside a data set is shown, and what an earlier version measured is measured once more, alike."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from tests.earlier.conftest import spoil
from tests.earlier.explorer import Explorer

for needed in ("fastapi", "uvicorn", "python_multipart"):
    pytest.importorskip(needed, reason="the extra web is not installed")

OPTIONS = ("--dataset", "dcase2020", "--cache", "runs/explore", "--model", "models/knn.offkey")


def test_the_labels_and_the_notes_are_taken_up(here: Path) -> None:
    for file in (here / "runs/beside").iterdir():
        shutil.copy(file, here / "plant")
    with Explorer("plant", *OPTIONS) as explorer:
        explorer.wait()
        table = explorer.get("/clips?sort=name")
        labels, notes = explorer.get("/labels/audio_labels.csv"), explorer.get("/pairs/notes.csv")
        points = explorer.json("/map/points.json")
    assert isinstance(points, dict)
    assert len(points["ids"]) == 64
    scores = json.loads((here / "scores/knn.offkey.json").read_text())["rows"]
    assert all(f"{row['score']:.2f}"[:4] in table for row in scores[:3])
    assert "fan/test/anomaly_id_00_00000000.wav,anomaly,it hisses" in labels
    assert "the hum,the hiss" in notes


def test_what_was_measured_is_measured_once_more_and_then_kept(here: Path) -> None:
    about = here / "runs/explore/about.json"
    earlier = pl.read_parquet(here / "runs/explore/clips.parquet")
    with Explorer("plant", *OPTIONS) as explorer:
        explorer.wait()
    now = pl.read_parquet(here / "runs/explore/clips.parquet")
    assert json.loads(about.read_text())["form"] == 3
    same = ["id", "name", "seconds", "level_db", "rate", "size", "mtime_ns"]
    assert now.select(same).equals(earlier.select(same))
    assert set(earlier.columns) <= set(now.columns)
    spoil(*(here / "plant").rglob("*.wav"))
    with Explorer("plant", *OPTIONS) as explorer:
        explorer.wait()
        points = explorer.json("/map/points.json")
    assert isinstance(points, dict)
    assert len(points["ids"]) == 64  # whose sound nobody can hear any more
