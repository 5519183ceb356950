from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

TWO_LISTS = ("--detector", "gmm", "--param", "n_components=1,2", "--param", "covariance_type=diag,full")
PLAIN = ("--features-param", "pooling=[1.0]", "--features-param", "n_mels=32")


def test_it_chooses_on_one_id_and_reports_on_the_other(run, tiny_edition, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = run("tune", tiny_edition(2020), "--dataset", "dcase2020", *TWO_LISTS, *PLAIN, "--out", out)
    assert ran.status == 0, ran.err
    assert "Tuning part: fan 00" in ran.out
    assert "Reporting part, not used for the choice: fan 02" in ran.out
    assert sorted(path.name for path in out.iterdir()) == ["candidates.csv", "config.json", "curve.png"]
    with (out / "candidates.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["part"] for row in rows] == ["tuning"] * 5 + ["reporting"] * 2
    assert "Chosen: gmm" in ran.err
    model = tmp_path / "m.offkey"
    normal = [str(path) for path in tiny_edition(2020).rglob("train/normal_id_00*")]
    assert run("fit", *normal, "--model", model, "--config", out / "config.json").status == 0
    config = json.loads((out / "config.json").read_text())
    assert run("info", model, "--json").json["detector"] == config["detector"]


def test_json_is_one_object_and_the_same_for_the_same_seed(run, tiny_edition, tmp_path: Path) -> None:
    asked = ("tune", tiny_edition(2020), "--dataset", "dcase2020", "--detector", "knn", "--param", "n_neighbors=1,2,3")
    asked += (*PLAIN, "--select-features", "--select-up-to", 4, "--search", "random", "--trials", 2, "--json")
    first, second = (run(*asked, "--seed", 5, "--out", tmp_path / "out") for _ in range(2))
    assert first.out == second.out
    told = first.json
    assert len(told["tuning"]) == 3
    assert len(told["features"]["steps"]) == 5
    assert told["config"] == json.loads((tmp_path / "out" / "config.json").read_text())
    assert [Path(path).name for path in told["written"]][-1] == "features.png"
    assert set(told["division"]["tuning"]) & set(told["division"]["reporting"]) == set()


def test_the_reporting_labels_have_no_say(run, tiny_edition, tmp_path: Path) -> None:
    """The set is copied, and in the copy the labels of the clips reported on are turned round."""
    root, told = tmp_path / "set", []
    shutil.copytree(tiny_edition(2020) / "dev_data" / "fan", root / "fan")
    for k in range(2):
        ran = run("tune", root, "--dataset", "dcase2020", *TWO_LISTS, *PLAIN, "--out", tmp_path / f"out{k}", "--json")
        told.append(ran.json)
        (section,) = (name.split()[1] for name in told[0]["division"]["reporting"])
        for path in list((root / "fan" / "test").glob(f"*_id_{section}_*")) if k == 0 else []:
            label = "anomaly" if path.name.startswith("normal") else "normal"
            path.rename(path.with_name(f"{label}_id_{section}_9{path.name[-11:]}"))
    assert told[0]["tuning"] == told[1]["tuning"]
    assert told[0]["config"] == told[1]["config"]
    assert told[0]["reporting"][0]["auc"] == pytest.approx(1 - told[1]["reporting"][0]["auc"])


def test_proxies_need_no_labels(run, hum, tmp_path: Path) -> None:
    train = tmp_path / "set" / "fan" / "train"
    train.mkdir(parents=True)
    for k in range(24):
        soundfile.write(train / f"normal_id_00_{k:08d}.wav", hum(k, seconds=0.6), 16_000)
    asked = (
        "tune",
        tmp_path / "set",
        "--dataset",
        "dcase2020",
        "--detector",
        "knn",
        "--param",
        "n_neighbors=1,2",
        *PLAIN,
    )
    ran = run(*asked, "--out", tmp_path / "out")
    assert ran.status == 1
    assert "--proxies makes anomalies out of normal clips" in ran.err
    ran = run(*asked, "--out", tmp_path / "out", "--proxies", "--fault", "rattle", "--snr", 6)
    assert ran.status == 0, ran.err
    assert "note: The anomalies are proxies, 6 dB faults" in ran.err
    assert "note: There is one id only (fan 00)" in ran.err
    assert len(list((tmp_path / "out" / "proxies").rglob("*_rattle.wav"))) == 8


def test_a_bad_clip_is_left_out_and_told_of(run, tiny_edition, tmp_path: Path) -> None:
    shutil.copytree(tiny_edition(2020) / "dev_data" / "fan", tmp_path / "set" / "fan")
    bad = tmp_path / "set" / "fan" / "train" / "normal_id_00_00000003.wav"
    soundfile.write(bad, np.zeros(4800), 16_000)
    ran = run(
        *("tune", tmp_path / "set", "--dataset", "dcase2020", "--detector", "knn", "--param", "n_neighbors=1,2"),
        *("--out", tmp_path / "out"),
    )
    assert ran.status == 3
    assert "left out: " in ran.err
    assert bad.name in ran.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "There is nothing to tune: give --param or --features-param"),
        (("--param", "k=1,2"), "The detector 'knn' has no parameter 'k': it has n_neighbors"),
        (("--param", "n_neighbors=1,0"), "must be an int in the range [1, inf). Got 0 instead"),
        (("--features-param", "mels=1"), "The front end 'logmel' has no parameter 'mels'"),
        (("--param", "n_neighbors=1,1"), "lists the value 1 twice"),
        (("--param", "n_neighbors"), "must have the form NAME=V1,V2"),
        (("--param", "n_neighbors=1,2", "--trials", "3"), "A grid tries every combination"),
        (("--param", "n_neighbors=1,2", "--report-share", "1.5"), "must lie between 0 and 1. Got 1.5"),
        (("--param", "n_neighbors=1,2", "--fault", "leak"), "needs --proxies"),
        (("--param", "n_neighbors=1,2", "--proxies", "--fault", "leek"), "There is no fault 'leek'"),
    ],
)
def test_wrong_usage_is_refused_before_anything_is_read(run, tmp_path: Path, options, words: str) -> None:
    asked = ("tune", tmp_path / "no such set", "--dataset", "dcase2020", "--detector", "knn", "--out", tmp_path / "out")
    ran = run(*asked, *options)
    assert ran.status == 2
    assert words in ran.err
    assert ran.out == ""
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_folder_is_refused(run, tiny_edition, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    asked = ("tune", tiny_edition(2020), "--dataset", "dcase2020", "--detector", "knn", "--param", "n_neighbors=1,2")
    ran = run(*asked, "--out", tmp_path / "out")
    assert ran.status == 2
    assert "must name a folder" in ran.err
