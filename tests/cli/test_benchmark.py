from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from offkey.errors import UsageError
from offkey.experiments.benchmark import Settings

DEAF = ("--features-param", "keep=[0,1,2,3]")


def test_a_benchmark_prints_a_table_and_says_where_the_report_is(run, tiny_edition, tmp_path: Path) -> None:
    arguments = ("benchmark", tiny_edition(2023), "--dataset", "dcase2023", *DEAF, "--out", tmp_path / "run")
    ran = run(*arguments, "--detector", "knn", "--detector", "mahalanobis", "--detector-param", "knn.n_neighbors=2")
    assert ran.status == 0
    words = ["dcase2023, development set: 16 clips", "official score", "95 % interval", "false alarms (promised 0.01)"]
    words += ["recall at 0.05", "ms per clip", "MB", "AUC (target)", "knn n_neighbors=2 (logmel keep=[0, 1, 2, 3])"]
    assert [word for word in words if word not in ran.out] == []
    assert "section" not in ran.out
    assert "report.html shows it all" in ran.err
    assert {path.name for path in (tmp_path / "run").iterdir()} == {
        *("run.json", "results.csv", "official.json", "report.html", "scores", "submission", "store"),
    }
    again = run(*arguments, "--detector", "knn", "--detector-param", "n_neighbors=2", "--each")
    assert "source" in again.out
    assert again.out.index("source") < again.out.index("official score")  # the result stands last
    assert "1 fits were there already" in again.err


def test_json_alone_on_standard_output(run, tiny_edition, tmp_path: Path) -> None:
    root = tiny_edition(2020)
    ran = run(
        *("benchmark", root, "--dataset", "dcase2020", "--part", "both", "--ground-truth", root / "ground_truth"),
        *("--detector", "knn", "--seed", 0, "--seed", 1, *DEAF, "--jobs", 1, "--out", tmp_path / "run", "--json"),
    )
    assert ran.status == 0
    report = ran.json
    assert (report["dataset"], report["edition"], report["errors"]) == ("dcase2020", 2020, [])
    assert Counter((row["part"], row["section"]) for row in report["results"]) == {
        ("dev", "00"): 2,
        ("dev", "02"): 2,
        ("eval", "01"): 2,
        ("eval", "03"): 2,
    }
    assert [(entry["part"], entry["seed"]) for entry in report["official"]] == [
        ("dev", 0),
        ("eval", 0),
        ("dev", 1),
        ("eval", 1),
    ]
    assert all(0 < entry["official_score"] < 1 for entry in report["official"])


def test_an_interrupt_is_said(run, tiny_edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("offkey.experiments.benchmark.run_benchmark", interrupted)
    ran = run("benchmark", tiny_edition(2020), "--dataset", "dcase2020", "--out", tmp_path / "run")
    assert (ran.status, ran.out) == (130, "")
    assert "Interrupted; nothing was left half-written." in ran.err


def test_failed_clips_give_status_3(run, tiny_edition, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(tiny_edition(2020) / "dev_data", data)
    (data / "fan" / "test" / "normal_id_00_00000000.wav").write_bytes(b"")
    ran = run("benchmark", data, "--dataset", "dcase2020", "--detector", "knn", *DEAF, "--out", tmp_path / "run")
    assert ran.status == 3
    assert "error: " in ran.err
    assert "normal_id_00_00000000.wav is empty" in ran.err


def test_wrong_usage_is_said_before_any_work(run, tiny_edition, tmp_path: Path) -> None:
    common = ("benchmark", tiny_edition(2020), "--out", tmp_path / "run")
    for arguments, said in (
        (("--dataset", "dcase2019"), "There is no data set 'dcase2019'"),
        (("--dataset", "dcase2020", "--detector", "kmn"), "There is no detector 'kmn'"),
        (("--dataset", "dcase2020", "--detector-param", "neighbors"), "must have the form NAME=VALUE"),
        (("--dataset", "dcase2020", "--channel", "left"), "The channel must be an index"),
        (("--dataset", "dcase2020", "--false-alarm-rate", "2"), "'false_alarm_rate' is wrong"),
        (("--dataset", "mimii", "--ground-truth", tmp_path), "takes no ground truth"),
        (("--dataset", "dcase2020", "--part", "all"), ""),
    ):
        ran = run(*common, *arguments)
        assert (ran.status, ran.out) == (2, ""), arguments
        assert said in ran.err
        assert not (tmp_path / "run").exists()
    ran = run("benchmark", tiny_edition(2020), "--dataset", "dcase2020", "--out", tmp_path / "no" / "run")
    assert ran.status == 2
    assert "the folder" in ran.err


def test_the_machine_and_channel_that_are_asked_for(run, tiny_edition, tmp_path: Path) -> None:
    common = ("benchmark", tiny_edition(2026), "--dataset", "dcase2026", "--detector", "knn", *DEAF, "--json")
    near = run(*common, "--out", tmp_path / "near", "--machine", "toycaremu").json
    far = run(*common, "--out", tmp_path / "far", "--channel", "1").json
    minus = run(*common, "--out", tmp_path / "minus", "--channel", "0-1").json
    scores = []
    for name in ("near", "far", "minus"):
        (path,) = (tmp_path / name / "scores").iterdir()
        with path.open(newline="") as file:
            scores.append([float(row["score"]) for row in csv.DictReader(file)])
    assert {len(column) for column in scores} == {16}
    assert scores[0] != scores[1] != scores[2] != scores[0]
    assert (
        near["results"][0]["machine"] == far["results"][0]["machine"] == minus["results"][0]["machine"] == "ToyCarEmu"
    )
    assert run(*common, "--out", tmp_path / "none", "--machine", "fan").status == 1


def _rebuild(shared_data: Path, out: Path, *arguments: object) -> None:
    script = [sys.executable, shared_data / "rebuild_mimii.py", out, *arguments, "--seconds", "2"]
    subprocess.run([str(word) for word in script], check=True)


@pytest.mark.parametrize(
    ("layout", "counts"),
    [
        ("mimii", {("fan", section, 0.0, None): (10, 10) for section in ("00", "02")}),
        ("dcase2020", {("fan", section, None, None): (10, 10) for section in ("00", "02")}),
        (
            "dcase2023",
            {
                ("fan", "00", None, None): (10, 10),
                ("fan", "00", None, "source"): (5, 10),
                ("fan", "00", None, "target"): (5, 10),
            },
        ),
    ],
)
def test_rebuilt_recordings_in_each_layout(
    run, shared_data: Path, tmp_path: Path, layout: str, counts: dict[tuple[object, ...], tuple[int, int]]
) -> None:
    dataset, ids = layout, sorted({str(section) for _, section, _, _ in counts})
    _rebuild(shared_data, tmp_path / "data", "--layout", layout, "--ids", ",".join(ids), "--train", 30, "--test", 10)
    checked = run("data", "check", tmp_path / "data", "--dataset", dataset, "--json")
    assert checked.json["clips"] == 50 * len(ids)
    arguments = ("--detector", "knn", "--detector", "mahalanobis", "--out", tmp_path / "run", "--json")
    ran = run("benchmark", tmp_path / "data", "--dataset", dataset, *arguments)
    assert ran.status == 0
    of_knn = [row for row in ran.json["results"] if row["detector"] == "knn"]
    keys = ("machine", "section", "snr_db", "domain")
    assert {tuple(row[key] for key in keys): (row["n_normal"], row["n_anomalous"]) for row in of_knn} == counts
    assert all(row["n_train"] == 30 for row in of_knn)
    assert max(row["auc"] for row in of_knn) > 0.9
    compared = run("compare", tmp_path / "run", "--json")
    assert compared.status == 0
    assert len(compared.json["parts"][0]["total"]) == 2
    if dataset == "mimii":
        assert ran.json["official"][0]["official_score"] is None
        return
    for entry in ran.json["official"]:
        folder = tmp_path / "run" / "submission" / entry["combination"] / "dev"
        scored = run("dcase-score", folder, "--edition", dataset, "--json")
        assert scored.json["official_score"] == entry["official_score"]


def test_real_recordings_of_2020(run, shared_data: Path, tmp_path: Path) -> None:
    """The slide rail has training clips, the others have none, which is said."""
    root = shared_data / "dcase2020_real"
    ran = run("benchmark", root, "--dataset", "dcase2020", "--detector", "knn", "--out", tmp_path / "run", "--json")
    assert ran.status == 3
    rows = {row["machine"]: row for row in ran.json["results"]}
    assert (rows["slider"]["auc"], rows["slider"]["n_train"]) == (pytest.approx(7 / 9), 75)
    for machine in ("ToyCar", "ToyConveyor", "fan", "pump", "valve"):
        assert rows[machine]["auc"] is None
        assert "has no model: there are no training clips" in rows[machine]["error"]
    assert len(ran.json["errors"]) == 30
    (entry,) = ran.json["official"]
    assert any("lack ToyCar 04" in note for note in entry["notes"])
    folder = tmp_path / "run" / "submission" / entry["combination"] / "dev"
    assert run("dcase-score", folder, "--edition", 2020, "--json").json["official_score"] == entry["official_score"]
    written = json.loads((tmp_path / "run" / "official.json").read_text())
    assert written["combinations"] == ran.json["official"]
    assert written["official_score"] == entry["official_score"]


@pytest.mark.parametrize(("options", "expected"), [((), "ignore"), (("--supplemental", "use"), "use")])
def test_what_is_made_of_supplemental_clips_is_asked_for(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], expected: str
) -> None:
    def refuse(settings: Settings, **_: object) -> None:
        raise UsageError(f"asked to {settings.supplemental}")

    monkeypatch.setattr("offkey.experiments.benchmark.run_benchmark", refuse)
    ran = run("benchmark", tmp_path, "--dataset", "dcase2025", "--out", tmp_path / "run", *options)
    assert (ran.status, f"asked to {expected}" in ran.err) == (2, True)
