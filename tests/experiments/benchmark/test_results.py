from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from offkey.datasets.editions import find_edition
from offkey.evaluation.metrics import auc, pauc, precision_recall_f1
from offkey.experiments.benchmark.results import RESULT_COLUMNS, result_rows
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell, Clip
from offkey.experiments.outcome import CellScores, ClipScore, Outcome


@pytest.fixture
def outcome() -> Outcome:
    """40 clips of both domains and labels; one has an error, one a secret label."""
    rng = np.random.default_rng(0)
    clips, scored = [], []
    for k in range(42):
        domain, label = ("source", "target")[k % 2], k // 2 % 2
        clips.append(Clip(Path(f"{k}.wav"), f"{k}.wav", domain, None if k == 41 else label, ""))
        score = float(rng.normal() + label)
        lost = ClipScore(f"{k}.wav", None, None, None, "is silent")
        scored.append(lost if k == 40 else ClipScore(f"{k}.wav", score, 0.5, int(score > 0.8)))
    cell = Cell("dev", "fan", "00", None, (), tuple(clips))
    return Outcome(Candidate("logmel", "knn", 3), cell, CellScores("", scored, threshold=0.8, n_train=20, fit_s=2.0))


def test_the_whole_section_comes_first(outcome: Outcome) -> None:
    row = result_rows(outcome, None)[0]
    assert tuple(row) == RESULT_COLUMNS
    assert (row["part"], row["machine"], row["section"], row["domain"]) == ("dev", "fan", "00", None)
    assert (row["features"], row["detector"], row["seed"]) == ("logmel", "knn", 3)
    assert (row["n_test"], row["n_errors"], row["n_normal"], row["n_anomalous"]) == (42, 1, 20, 20)
    assert row["auc"] == auc(outcome.labels, outcome.scores)
    assert row["pauc"] == pauc(outcome.labels, outcome.scores)
    assert row["auc_low"] < row["auc"] < row["auc_high"]
    assert row["pauc_low"] < row["pauc"] < row["pauc_high"]
    assert (row["precision"], row["recall"], row["f1"]) == precision_recall_f1(outcome.labels, outcome.decisions)
    assert row["false_alarm_rate"] == outcome.decisions[outcome.labels == 0].mean()
    assert (row["threshold"], row["n_train"], row["fit_s"]) == (0.8, 20, 2.0)


@pytest.mark.parametrize(("edition", "both"), [(None, False), (2021, False), (2022, True), (2025, True)])
def test_a_domain_is_measured_as_the_edition_does_it(outcome: Outcome, edition: int | None, both: bool) -> None:
    rows = result_rows(outcome, edition and find_edition(edition))
    assert [row["domain"] for row in rows] == [None, "source", "target"]
    for row in rows[1:]:
        inside = outcome.domains == row["domain"]
        measured = inside | (outcome.labels == 1) if both else inside
        assert row["auc"] == auc(outcome.labels[measured], outcome.scores[measured])
        assert (row["n_normal"], row["n_anomalous"]) == (10, 20 if both else 10)
        assert row["recall"] == precision_recall_f1(outcome.labels[inside], outcome.decisions[inside])[1]


def test_without_labels_there_are_no_figures(outcome: Outcome) -> None:
    secret = tuple(Clip(clip.path, clip.name, None, None, "") for clip in outcome.cell.test)
    hidden = Outcome(outcome.candidate, Cell("eval", "fan", "03", None, (), secret), outcome.scored)
    (row,) = result_rows(hidden, find_edition(2022))
    assert row["auc"] is row["pauc"] is row["recall"] is row["auc_low"] is None
    assert (row["n_normal"], row["n_anomalous"], row["n_test"]) == (0, 0, 42)
