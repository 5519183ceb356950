from __future__ import annotations

import csv
from pathlib import Path

import pytest


def submission(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "sample.csv"
    path.write_text("file_id,score\nbad_silence,0\ngood_1,0\nnobody,0\ngood_0.wav,0\n")
    return path


def middle(rows: list[list[str]]) -> float:
    return (float(rows[2][1]) + float(rows[4][1])) / 2


@pytest.mark.parametrize("engine", [False, True])
def test_no_row_is_missing(run, model_file: Path, mixed_folder: Path, sample: Path, tmp_path: Path, engine) -> None:
    names = sorted(path.name for path in mixed_folder.iterdir() if path.name.startswith("good"))
    sample.write_text(f"file_id,score\nbad_silence,0\n{Path(names[1]).stem},0\nnobody,0\n{names[0]},0\n")
    out = tmp_path / "out.csv"
    more = ["--engine", "local", "--run", tmp_path / "run", "--workers", "1"] if engine else ["--json"]
    ran = run("score", model_file, mixed_folder, "--style", "confidence", "--like", sample, "--out", out, *more)
    assert ran.status == 3
    rows = submission(out)
    assert [row[0] for row in rows] == ["file_id", "bad_silence", Path(names[1]).stem, "nobody", names[0]]
    assert float(rows[1][1]) == float(rows[3][1]) == middle(rows)
    assert "1 ids have no clip and got the median score: nobody." in ran.err
    assert "1 ids have a clip that failed and got the median score: bad_silence." in ran.err
    assert "clips are not in" in ran.err
    if not engine:
        assert ran.json["filled"] == ["bad_silence", "nobody"]
        assert len(ran.json["rows"]) == 3


def test_a_sample_is_for_confidences(run, model_file: Path, normal_folder: Path, sample: Path) -> None:
    ran = run("score", model_file, normal_folder, "--like", sample)
    assert ran.status == 2
    assert "needs --style confidence" in ran.err
    ran = run("score", model_file, normal_folder, "--like", sample, "--style", "confidence", "--out", sample)
    assert ran.status == 2
    assert "one of the inputs" in ran.err
    ran = run("score", model_file, normal_folder, "--like", sample, "--style", "confidence")
    assert ran.status == 1
    assert "None of the 4 ids" in ran.err
