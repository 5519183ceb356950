from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

from offkey.evaluation.report import evaluate_scores
from offkey.evaluation.score_files import read_score_table
from offkey.experiments.benchmark.measured import measure
from offkey.experiments.benchmark.outputs import SCORE_COLUMNS
from offkey.experiments.benchmark.report import write_report
from offkey.experiments.benchmark.results import RESULT_COLUMNS


def test_score_files_have_a_row_a_clip_and_are_read_by_evaluate(tiny_run) -> None:
    run = tiny_run(2023)
    for candidate in run.measured.candidates:
        path = run.folder / "scores" / f"{candidate.name}.csv"
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert tuple(rows[0]) == SCORE_COLUMNS
        assert len(rows) == 32
        assert {row["part"] for row in rows} == {"dev", "eval"}
        assert {row["label"] for row in rows} == {"0", "1"}
        report = evaluate_scores(read_score_table(path), n_resamples=10)
        of_section = {row["machine"]: row["auc"] for row in report.groups if row["domain"] is None}
        ours = [row for row in run.measured.rows if row["combination"] == candidate.name and row["domain"] is None]
        assert of_section == {row["machine"]: row["auc"] for row in ours}


def test_the_results_table_holds_every_row(tiny_run) -> None:
    run = tiny_run(2022)
    with (run.folder / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(run.measured.rows) == 4 * 2 * 3  # sections, candidates, whole and two domains
    assert [(row["part"], row["section"], row["domain"], row["detector"]) for row in rows[:4]] == [
        ("dev", "00", "", "knn"),
        ("dev", "00", "source", "knn"),
        ("dev", "00", "target", "knn"),
        ("dev", "00", "", "mahalanobis"),
    ]
    assert all(float(row["fit_s"]) > 0 for row in rows)
    assert tuple(rows[0]) == RESULT_COLUMNS
    assert [float(row["auc"]) for row in rows] == [row["auc"] for row in run.measured.rows]
    assert {row["error"] for row in rows} == {""}


def test_figures_of_domains_are_the_official_ones(tiny_run) -> None:
    run = tiny_run(2024)
    by_key = {(row["part"], row["combination"], row["domain"]): row for row in run.measured.rows}
    for standing in run.measured.standings:
        official = standing.official.rows[0]
        for domain in ("source", "target"):
            row = by_key[standing.part, standing.candidate.name, domain]
            assert row["auc"] == official[f"auc_{domain}"]
            assert [row[name] for name in ("precision", "recall", "f1")] == [
                official[f"{name}_{domain}"] for name in ("precision", "recall", "f1")
            ]
        assert by_key[standing.part, standing.candidate.name, None]["pauc"] == official["pauc"]


def test_the_run_says_what_it_was(tiny_run) -> None:
    run = tiny_run(2026)
    content = json.loads((run.folder / "run.json").read_text())
    assert content["complete"] is True
    assert content["held"] == {
        "--dataset": "dcase2026",
        "--part": "both",
        "--machine": None,
        "--channel": 0,
        "--false-alarm-rate": 0.01,
        "--supplemental": None,
        "--run": None,
    }
    assert [cell["machine"] for cell in content["groups"]] == ["ToyCarEmu", "Sander"]
    assert [(cell["n_train"], cell["n_test"], cell["rate"]) for cell in content["groups"]] == [(20, 16, 16_000)] * 2
    assert len({cell["test_digest"] for cell in content["groups"]} | {content["data_digest"]}) == 3
    assert content["versions"]["offkey"]
    assert len(content["combinations"]) == 2


def test_a_promise_that_one_domain_breaks_is_told_in_rows_notes_and_report(tiny_run, tmp_path: Path) -> None:
    told = tiny_run(2023).measured
    outcomes = []
    for outcome in told.outcomes[:1]:
        called = [int(clip.domain == "target") for clip in outcome.cell.test]
        clips = [replace(clip, anomalous=now) for clip, now in zip(outcome.scored.clips, called, strict=True)]
        outcomes.append(replace(outcome, scored=replace(outcome.scored, clips=clips)))
    measured = measure(told.plan, outcomes, tmp_path, promised=0.05)
    kept = {row["domain"]: row["promise_kept"] for row in measured.rows}
    assert kept == {None: 0, "source": 1, "target": 0}
    assert {row["promised_rate"] for row in measured.rows} == {0.05}
    notes = [note for note in measured.notes if "does not hold" in note]
    assert len(notes) == 2
    assert "rate of 0.05 does not hold for fan 00, target domain: 4 of 4 normal clips (1.000)" in notes[1]
    write_report(tmp_path / "report.html", measured)
    page = (tmp_path / "report.html").read_text()
    assert "(promised 0.05)" in page
    assert page.count('<strong title="more than chance explains">!</strong>') == 2
    assert notes[1] in page
