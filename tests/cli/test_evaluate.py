from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    """Scores of two machines with two ids each, labels in the names, one clip with an error."""
    rows = ["file,score,p_value,anomalous,error"]
    for machine in ("fan", "pump"):
        for number in ("00", "02"):
            for clip in range(10):
                rows.append(f"{machine}/test/normal_id_{number}_{clip:08d}.wav,{clip},0.5,{int(clip > 8)},")
                rows.append(f"{machine}/test/anomaly_id_{number}_{clip:08d}.wav,{clip + 5.5},0.1,{int(clip > 3)},")
    rows.append("pump/test/normal_id_02_00000010.wav,,,,is silent")
    path = tmp_path / "scores.csv"
    path.write_text("\n".join(rows))
    return path


def test_report_as_json(run, scores: Path) -> None:
    ran = run("evaluate", scores, "--json", "--resamples", 50)
    assert ran.status == 0
    report = ran.json
    assert {"auc", "auc_ci", "pauc", "pauc_ci", "n_normal", "n_anomalous", "groups"} <= report.keys()
    assert report["auc"] == pytest.approx(0.9)
    assert report["auc_ci"][0] < report["auc"] < report["auc_ci"][1]
    assert (report["n_normal"], report["n_anomalous"], report["n_errors"]) == (40, 40, 1)
    assert [(row["machine"], row["section"]) for row in report["groups"]] == [
        ("fan", None),
        ("fan", "00"),
        ("fan", "02"),
        ("pump", None),
        ("pump", "00"),
        ("pump", "02"),
    ]
    assert report["true_positives"] == 24
    assert report["false_positives"] == 4
    assert "1 row with an error" in ran.err


def test_report_as_table(run, scores: Path) -> None:
    ran = run("evaluate", scores)
    lines = ran.out.splitlines()
    assert any("machine" in line and "AUC" in line and "false alarms" in line for line in lines)
    (whole,) = [line for line in lines if line.count(" all ") == 3]
    assert "0.9000 [0." in whole
    assert "24 of 40" in whole
    assert "4 of 40" in whole
    assert any("mean of sections" in line and "0.9000" in line for line in lines)
    assert "Labels come from file and folder names" in ran.err


def test_labels_file_and_options(run, tmp_path: Path) -> None:
    (tmp_path / "scores.csv").write_text("file_id,score\na,-1\nb,-2\nc,-3\n")
    (tmp_path / "labels.csv").write_text("file,label\na.wav,normal\nb.wav,normal\nc.wav,anomaly\n")
    arguments = ("evaluate", tmp_path / "scores.csv", "--labels", tmp_path / "labels.csv", "--json")
    report = run(*arguments, "--max-fpr", 0.5, "--seed", 3).json
    assert report["auc"] == report["pauc"] == 1
    assert 0 < report["auc_ci"][0] < 1
    assert report["max_fpr"] == 0.5
    assert report["groups"] == []
    assert report["labels"] == "the labels file"


def test_table_without_groups_and_decisions(run, tmp_path: Path) -> None:
    (tmp_path / "scores.csv").write_text("file,score,label\na.wav,1,0\nb.wav,2,1\n")
    ran = run("evaluate", tmp_path / "scores.csv")
    assert "detected" not in ran.out
    assert "mean of sections" not in ran.out
    assert "1.0000" in ran.out


def test_mistakes_are_one_sentence(run, tmp_path: Path) -> None:
    ran = run("evaluate", tmp_path / "none.csv")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("offkey: The score file ")
    (tmp_path / "scores.csv").write_text("file,score\nmystery.wav,1\n")
    ran = run("evaluate", tmp_path / "scores.csv")
    assert ran.status == 1
    assert "No name of a clip in" in ran.err
    assert run("evaluate", tmp_path / "scores.csv", "--resamples", "many").status == 2


def test_a_promised_rate_is_held_against_the_decisions(run, scores: Path) -> None:
    assert "promised" not in run("evaluate", scores).err
    assert "promised" not in run("evaluate", scores, "--false-alarm-rate", 0.1).err
    ran = run("evaluate", scores, "--false-alarm-rate", 0.01)
    assert "rate of 0.01 does not hold for all clips: 4 of 40 normal clips (0.100) are called anomalous" in ran.err
    told = run("evaluate", scores, "--false-alarm-rate", 0.01, "--json").json
    assert told["promised_rate"] == 0.01
    assert len(told["broken_promises"]) == ran.err.count("does not hold")
    assert run("evaluate", scores, "--false-alarm-rate", 2).status == 2
    scores.write_text("\n".join(",".join(line.split(",")[:2]) for line in scores.read_text().splitlines()[:-1]))
    assert "holds no decisions" in run("evaluate", scores, "--false-alarm-rate", 0.01).err


def test_the_labelled_clips_are_measured_and_the_others_counted(run, tmp_path: Path) -> None:
    scores, labels = tmp_path / "s.csv", tmp_path / "audio_labels.csv"
    scores.write_text("file,score\n" + "".join(f"set/fan/{n}.wav,{n}\n" for n in range(8)))
    labels.write_text(
        "file,label,comment,machine\nfan/0.wav,normal,,fan\nfan/1.wav,normal,,fan\nfan/2.wav,unsure,hm,fan\n"
        "fan/6.wav,anomaly,rattles,fan\nfan/7.wav,anomaly,,fan\nfan/9.wav,normal,,fan\n"
    )
    ran = run("evaluate", scores, "--labels", labels, "--resamples", 20, "--json")
    assert ran.status == 0
    assert (ran.json["auc"], ran.json["n_normal"], ran.json["n_anomalous"]) == (1.0, 2, 2)
    assert (ran.json["n_unlabelled"], ran.json["n_unused_labels"]) == (4, 1)
    assert "4 labelled clips measured; 4 without a label left out." in ran.err
    assert "1 label of clips that were not scored." in ran.err
    ran = run("report", scores, "--labels", labels, "--out", tmp_path / "r.html", "--json")
    assert ran.status == 0
    assert (ran.json["auc"], ran.json["unlabelled"]) == (1.0, 4)
    assert "4 labelled clips measured; 4 without a label." in ran.err
