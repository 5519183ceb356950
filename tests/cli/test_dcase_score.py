from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def submission(tmp_path: Path) -> Path:
    """Scores and decisions of two sections of the development set of 2022."""
    folder = tmp_path / "system"
    folder.mkdir()
    for section in ("00", "01"):
        clips = [
            (f"section_{section}_{domain}_test_{label}_{number:04d}_vel_6.wav", number + 3 * (label == "anomaly"))
            for domain in ("source", "target")
            for label in ("normal", "anomaly")
            for number in range(6)
        ]
        end = f"_fan_section_{section}_test.csv"
        (folder / f"anomaly_score{end}").write_text("".join(f"{name},{score}\n" for name, score in clips))
        (folder / f"decision_result{end}").write_text("".join(f"{name},{int(score > 4)}\n" for name, score in clips))
    return folder


def test_score_as_json(run, submission: Path) -> None:
    ran = run("dcase-score", submission, "--edition", "2022", "--json")
    assert ran.status == 0
    report = ran.json
    assert report["edition"] == 2022
    assert report["official_score_ci"][0] < report["official_score"] < report["official_score_ci"][1]
    assert [(row["machine"], row["section"]) for row in report["machines"]] == [("fan", "00"), ("fan", "01")]
    assert report["machines"][0]["auc_source"] == report["machines"][0]["auc_target"] == pytest.approx(0.875)
    assert report["machines"][0]["pauc_source"] is None
    assert "note: Labels come from the clips' names" in ran.err


def test_score_as_table(run, submission: Path) -> None:
    ran = run("dcase-score", submission, "--edition", "dcase2022")
    assert "AUC (source)" in ran.out
    assert "harmonic mean" in ran.out
    assert "Official score of 2022: 0." in ran.out


def test_tables_of_the_evaluator(run, submission: Path, tmp_path: Path) -> None:
    ran = run("dcase-score", submission, "--edition", 2022, "--tables", tmp_path, "--json")
    assert ran.status == 0
    lines = (tmp_path / "system_result.csv").read_text().splitlines()
    assert lines[0] == "fan"
    assert lines[1].startswith("section,AUC (all),AUC (source)")
    assert f"official score,,{ran.json['official_score']}" in lines
    assert (tmp_path / "teams_official_score_paper.csv").read_text().startswith("System,metric,h-mean,a-mean,fan\n")
    ran = run("dcase-score", submission, "--edition", 2022, "--tables", tmp_path / "none")
    assert ran.status == 2
    assert "--tables must name a folder that exists" in ran.err


def test_ground_truth_and_machines(run, submission: Path, tmp_path: Path) -> None:
    truth = tmp_path / "truth" / "ground_truth_data"
    truth.mkdir(parents=True)
    for section in ("00", "01"):
        names = (submission / f"anomaly_score_fan_section_{section}_test.csv").read_text().split("\n")[:-1]
        rows = [f"{name.split(',')[0]},{int('anomaly' in name)}\n" for name in names]
        (truth / f"ground_truth_fan_section_{section}_test.csv").write_text("".join(rows))
    arguments = ("dcase-score", submission, "--edition", 2022, "--ground-truth", tmp_path / "truth", "--json")
    assert run(*arguments, "--machine", "fan").json["labels"] == str(tmp_path / "truth")
    ran = run(*arguments, "--machine", "valve")
    assert ran.status == 1
    assert "has no machine valve" in ran.err
    (submission / "anomaly_score_fan_section_01_test.csv").unlink()
    ran = run(*arguments)
    assert (ran.status, ran.out) == (1, "")
    assert "1 file missing (anomaly_score_fan_section_01_test.csv)" in ran.err


def test_wrong_edition_is_wrong_usage(run, submission: Path) -> None:
    ran = run("dcase-score", submission, "--edition", "1999")
    assert ran.status == 2
    assert "expected one of 2020, 2021" in ran.err
    assert run("dcase-score", submission).status == 2
