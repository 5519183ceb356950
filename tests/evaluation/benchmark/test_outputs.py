from __future__ import annotations

import csv
import json

from offkey.evaluation.benchmark.outputs import SCORE_COLUMNS
from offkey.evaluation.report import evaluate_scores
from offkey.evaluation.score_files import read_score_table


def test_score_files_have_a_row_a_clip_and_are_read_by_evaluate(tiny_run) -> None:
    run = tiny_run(2023)
    for combination in run.measured.combinations:
        path = run.folder / "scores" / f"{combination.name}.csv"
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert tuple(rows[0]) == SCORE_COLUMNS
        assert len(rows) == 32
        assert {row["part"] for row in rows} == {"dev", "eval"}
        assert {row["label"] for row in rows} == {"0", "1"}
        report = evaluate_scores(read_score_table(path), n_resamples=10)
        of_section = {row["machine"]: row["auc"] for row in report.groups if row["domain"] is None}
        ours = [row for row in run.measured.rows if row["combination"] == combination.name and row["domain"] is None]
        assert of_section == {row["machine"]: row["auc"] for row in ours}


def test_the_results_table_holds_every_row(tiny_run) -> None:
    run = tiny_run(2022)
    with (run.folder / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(run.measured.rows) == 4 * 2 * 3  # sections, combinations, whole and two domains
    assert [(row["part"], row["section"], row["domain"], row["detector"]) for row in rows[:4]] == [
        ("dev", "00", "", "knn"),
        ("dev", "00", "source", "knn"),
        ("dev", "00", "target", "knn"),
        ("dev", "00", "", "mahalanobis"),
    ]
    assert all(float(row["fit_s"]) > 0 for row in rows)


def test_figures_of_domains_are_the_official_ones(tiny_run) -> None:
    run = tiny_run(2024)
    by_key = {(row["part"], row["combination"], row["domain"]): row for row in run.measured.rows}
    for standing in run.measured.standings:
        official = standing.official.rows[0]
        for domain in ("source", "target"):
            row = by_key[standing.part, standing.combination.name, domain]
            assert row["auc"] == official[f"auc_{domain}"]
            assert [row[name] for name in ("precision", "recall", "f1")] == [
                official[f"{name}_{domain}"] for name in ("precision", "recall", "f1")
            ]
        assert by_key[standing.part, standing.combination.name, None]["pauc"] == official["pauc"]


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
    }
    assert [group["machine"] for group in content["groups"]] == ["ToyCarEmu", "Sander"]
    assert [(group["n_train"], group["n_test"], group["rate"]) for group in content["groups"]] == [(20, 16, 16_000)] * 2
    assert len({group["test_digest"] for group in content["groups"]} | {content["data_digest"]}) == 3
    assert content["versions"]["offkey"]
    assert len(content["combinations"]) == 2
