"""An edition is one file: the commands know a made-up one that is added to the others, and no line of code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from offkey.datasets import parse_name
from offkey.evaluation.metrics import auc, pauc

FILE = Path(__file__).parents[1] / "datasets" / "editions" / "dcase2027.toml"


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a user's editions, with the made-up one."""
    folder = tmp_path / "editions"
    folder.mkdir()
    (folder / FILE.name).write_text(FILE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setenv("OFFKEY_EDITIONS", str(folder))
    return folder


@pytest.fixture
def made_up(added: Path, tiny_edition: Callable[[int], Path]) -> Path:
    """The data set of the made-up edition, which is known."""
    return tiny_edition(2027)


def _expected_score(folder: Path) -> float:
    """Compute the made-up formula from the files of a submission: inside each domain, pAUC up to 0.25."""
    figures = []
    for file in sorted(folder.glob("anomaly_score.Kiln.*.csv")):
        rows = [line.split(",") for line in file.read_text().splitlines()]
        names = [parse_name(name) for name, _ in rows]
        for domain in ("source", "target"):
            inside = [number for number, name in enumerate(names) if name.domain == domain]
            labels = [int(names[number].label == "anomaly") for number in inside]
            scores = [float(rows[number][1]) for number in inside]
            figures.append(auc(labels, scores))
            figures += [pauc(labels, scores, max_fpr=0.25)] * (domain == "target")
    assert len(figures) == 6
    return float(np.mean(figures))


def test_data_check_knows_its_counts(run, made_up: Path) -> None:
    ran = run("data", "check", made_up, "--dataset", "dcase2027", "--json")
    assert (ran.status, ran.json["problems"]) == (0, [])
    assert ran.json["verdict"] == "The set is complete and every clip is fit to be used."
    ran = run("data", "check", made_up / "eval_data", "--dataset", "dcase2027", "--json")
    assert "Not there, development set: Kiln." in ran.json["notes"]


def test_benchmark_submission_score_and_comparison_know_its_formula(run, made_up: Path, tmp_path: Path) -> None:
    arguments = ("--detector", "knn", "--part", "both", "--ground-truth", made_up / "ground_truth")
    ran = run("benchmark", made_up, "--dataset", "dcase2027", *arguments, "--out", tmp_path / "run", "--json")
    assert (ran.status, ran.json["edition"]) == (0, 2027)
    scores = {entry["part"]: entry["official_score"] for entry in ran.json["official"]}
    (folder,) = (tmp_path / "run" / "submission").iterdir()
    names = {part: sorted(path.name for path in (folder / part).iterdir()) for part in ("dev", "eval")}
    assert names == {
        "dev": ["anomaly_score.Kiln.00.csv", "anomaly_score.Kiln.01.csv"],
        "eval": ["anomaly_score.ToyLoom.00.csv"],
    }
    assert scores["dev"] == pytest.approx(_expected_score(folder / "dev"), abs=1e-12)
    report = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "2027 is the arithmetic mean of AUC (source), AUC (target) and pAUC (target) over all machines" in report
    assert "ends at a false-positive rate of 0.25" in report

    ran = run("dcase-score", folder / "dev", "--edition", 2027, "--json")
    assert (ran.status, ran.json["official_score"]) == (0, pytest.approx(scores["dev"], abs=1e-12))
    assert {name for name, value in ran.json["means"]["arithmetic"].items() if value is not None} == {
        *("auc_source", "auc_target", "pauc_target", "pauc")
    }
    file = folder / "eval" / "anomaly_score.ToyLoom.00.csv"
    file.rename(file.with_name("anomaly_score.ToyLoom.00.again1_x.csv"))
    truth = ("--ground-truth", made_up / "ground_truth")
    ran = run("dcase-score", folder / "eval", "--edition", "dcase2027", *truth, "--json")
    assert ran.json["official_score"] == pytest.approx(scores["eval"], abs=1e-12)
    ran = run("dcase-score", folder / "dev", "--edition", 2027, "--tables", tmp_path)
    assert (ran.status, "What the official evaluator of 2027 writes is not known." in ran.err) == (2, True)

    compared = run("compare", tmp_path / "run", "--json").json
    others = {part["part"]: [(one["name"], one["score"]) for one in part["published"]] for part in compared["parts"]}
    assert others == {
        "dev": [("a made-up baseline", 0.625), ("nobody (a made-up table)", 0.55)],
        "eval": [("nobody (a made-up table)", 0.5)],
    }


def test_download_knows_its_archives(run, added: Path, tmp_path: Path, zenodo: Any) -> None:
    zenodo.add("2027001", "Kiln_dev.zip", {"Kiln/train/section_00_source_train_normal_0000_heat_3.wav": b"sound"})
    arguments = ("data", "download", "dcase2027", "--to", tmp_path / "set", "--server", zenodo.url)
    ran = run(*arguments, "--part", "dev", "--json")
    assert (ran.status, [row["machine"] for row in ran.json["archives"]]) == (0, ["Kiln"])
    assert (tmp_path / "set" / "dev_data" / "raw" / "Kiln" / "train").is_dir()
    zenodo.add("2027002", "ToyLoom_test.zip", {"ToyLoom/test/section_00_0000.wav": b"another file"})
    ran = run(*arguments, "--part", "eval")
    assert ran.status == 1
    assert re.search(r"ToyLoom_test.zip in the record 2027002 must have the MD5 sum 0{32}, but .* says", ran.err)


def test_unknown_editions_are_answered_with_it(run, added: Path, tmp_path: Path) -> None:
    assert "2025, 2026, 2027." in run("dcase-score", tmp_path, "--edition", 2019).err
    assert "dcase2026, dcase2027, mimii" in run("data", "check", tmp_path, "--dataset", "dcase").err


def test_help_names_it(added: Path) -> None:
    code = "from offkey.cli.page import page; print(page())"
    page = subprocess.run([sys.executable, "-c", code], env=os.environ, capture_output=True, text=True, check=True)
    assert len(re.findall(r"dcase2020 to dcase2027|Year of the challenge, 2020 to 2027", page.stdout)) > 10
    assert "2026" not in page.stdout


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    environment = os.environ | {"OFFKEY_EDITIONS": str(tmp_path / "none")}
    ran = subprocess.run(
        [sys.executable, "-m", "offkey", "info", "x"], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert "must name a folder of editions" in ran.stderr
    assert "Traceback" not in ran.stderr
