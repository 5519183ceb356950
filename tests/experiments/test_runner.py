from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from offkey.errors import ParameterError
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell
from offkey.experiments.runner import Runner
from offkey.experiments.tuning.division import cells_of

KNN = Candidate("logmel", "knn", features_params={"keep": [0, 1, 2, 3]})
GMM = replace(KNN, detector="gmm")


@pytest.fixture
def cells(weak_faults: pl.DataFrame) -> list[Cell]:
    return cells_of(weak_faults.iter_rows(named=True))[0]


def _runner(cells: list[Cell], folder: Path, stages: list[tuple[str, int]] | None = None, **options) -> Runner:
    def stage(name: str, steps: int):
        (stages if stages is not None else []).append((name, steps))
        return lambda: None

    return Runner(cells, folder, str(folder), jobs=1, stage=stage, **{"false_alarm_rate": 0.01} | options)


def test_only_what_is_missing_is_read_and_fitted(cells: list[Cell], tmp_path: Path) -> None:
    stages: list[tuple[str, int]] = []
    assert _runner(cells, tmp_path, stages).run([KNN]).reused == 0
    assert stages == [("Reading", 68), ("Fitting", 2)]
    again = _runner(cells, tmp_path, stages).run([KNN, GMM])
    assert (again.reused, again.lost, len(again.outcomes)) == (2, [], 4)
    assert stages[2:] == [("Fitting", 2)]
    one, other = again.outcomes[:2]
    assert (one.candidate, one.cell, other.cell) == (KNN, cells[0], cells[1])
    assert len(one.scores) == 20
    assert _runner(cells, tmp_path, stages).run([KNN, GMM]).reused == 4
    assert len(stages) == 3


def test_what_depends_on_something_else_is_not_found(cells: list[Cell], tmp_path: Path) -> None:
    _runner(cells, tmp_path).run([KNN])
    assert _runner(cells, tmp_path, false_alarm_rate=0.1).find(KNN) is None
    assert _runner(cells, tmp_path).find(replace(KNN, seed=1)) is None
    fewer = [replace(cells[0], train=cells[0].train[1:]), cells[1]]
    assert _runner(fewer, tmp_path).find(KNN) is None
    assert _runner(fewer[:1], tmp_path).find(KNN) is None
    assert len(_runner(fewer[1:], tmp_path).find(KNN)) == 1


def test_a_cell_without_training_clips_has_its_reason_in_every_row(cells: list[Cell], tmp_path: Path) -> None:
    untrained = replace(cells[0], train=())
    failed, fitted = _runner([untrained, cells[1]], tmp_path).run([KNN]).outcomes
    assert failed.scored.error == "fan 00 has no model: there are no training clips."
    assert {clip.error for clip in failed.scored.clips} == {failed.scored.error}
    assert fitted.scored.error is None


def test_a_candidate_that_is_not_installed_any_more_is_not_finished(cells: list[Cell], tmp_path: Path) -> None:
    gone = Candidate("logmel", "gone")
    assert _runner(cells, tmp_path).find(gone) is None
    assert _runner(cells, tmp_path).run([], [gone]).lost == [gone]
    with pytest.raises(ParameterError, match="There is no detector 'gone'"):
        _runner(cells, tmp_path).run([gone])
