from __future__ import annotations

import json
from pathlib import Path

import pytest

from offkey.errors import DataError, OffkeyError, UsageError
from offkey.experiments.benchmark.run_folder import RunFolder, read_run
from offkey.experiments.candidate import Candidate

ONE, TWO = Candidate("logmel", "knn"), Candidate("mfcc", "gmm", 1, {"n_mfcc": 13}, {"n_components": 4})


def test_what_was_begun_is_known_again(tmp_path: Path) -> None:
    held = {"--dataset": "dcase2020", "--machine": ["fan", "pump"]}
    folder = RunFolder(tmp_path / "run", held)
    assert folder.earlier == []
    folder.write([ONE, TWO], complete=False, dataset="dcase2020")
    assert RunFolder(tmp_path / "run", held).earlier == [ONE, TWO]
    content = read_run(tmp_path / "run")
    assert (content["held"], content["complete"], content["dataset"]) == (held, False, "dcase2020")
    with pytest.raises(UsageError, match="made with --machine fan --machine pump, and now it is no --machine: name"):
        RunFolder(tmp_path / "run", {**held, "--machine": None})


def test_only_scores_and_submissions_of_what_is_lost_are_removed(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run", {})
    for one in (ONE, TWO):
        (folder.path / "submission" / one.name / "dev").mkdir(parents=True)
        (folder.path / "scores").mkdir(exist_ok=True)
        (folder.path / "scores" / f"{one.name}.csv").write_text("")
    folder.clear([ONE, Candidate("logmel", "lof")])
    assert [path.name for path in (folder.path / "submission").iterdir()] == [TWO.name]
    assert [path.name for path in (folder.path / "scores").iterdir()] == [f"{TWO.name}.csv"]


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"must name a folder, but .* is a file"):
        RunFolder(tmp_path / "file", {})
    with pytest.raises(UsageError, match="holds something else than a run"):
        RunFolder(tmp_path, {})
    with pytest.raises(OffkeyError, match="cannot be made"):
        RunFolder(tmp_path / "none" / "run", {})
    with pytest.raises(DataError, match="is no run: expected a folder that 'offkey benchmark --out' wrote"):
        read_run(tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(DataError, match=r"run\.json is damaged"):
        read_run(tmp_path)
    (tmp_path / "run.json").write_text(json.dumps({"form": 99}))
    with pytest.raises(DataError, match="written by a later offkey"):
        read_run(tmp_path)
