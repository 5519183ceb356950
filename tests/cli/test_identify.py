from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

import offkey
from offkey.cli.main import main

TONES_HZ = {"fan": (180, 1100), "pump": (420, 2300), "slider": (800, 4800)}


def _clip(machine: str, ident: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng([seed, ident])
    t = np.arange(16_000) / 16_000
    tones = sum(np.sin(2 * np.pi * hz * (1 + 0.02 * ident) * t) for hz in TONES_HZ[machine])
    return (0.02 * (tones + 0.3 * rng.standard_normal(len(t)))).astype(np.float32)


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clips of three types, fan with two machines."""
    root = tmp_path_factory.mktemp("plant") / "clips"
    for machine, ident in (("fan", 0), ("fan", 2), ("pump", 0), ("slider", 0)):
        folder = root / machine / f"id_{ident:02d}"
        folder.mkdir(parents=True)
        for number in range(12):
            soundfile.write(folder / f"{number:08d}.wav", _clip(machine, ident, number), 16_000)
    return root


@pytest.fixture(scope="module")
def types_file(plant: Path) -> Path:
    path = plant.parent / "types.offkey"
    assert main(["identify", "fit", str(plant), "--out", str(path), "--split", "clip"]) == 0
    return path


@pytest.fixture(scope="module")
def models(plant: Path) -> Path:
    """A model for each fan and one for the pump, none for the slider."""
    folder = plant.parent / "models"
    folder.mkdir()
    for machine, ident, name in (("fan", 0, "fan_00"), ("fan", 2, "fan_id_02"), ("pump", 0, "pump")):
        offkey.fit(plant / machine / f"id_{ident:02d}", detector="knn").save(folder / f"{name}.offkey")
    return folder


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_fit_leaves_clips_out_that_are_called_anomalous(run, plant: Path, tmp_path: Path) -> None:
    root = tmp_path / "clips"
    shutil.copytree(plant, root)
    odd = root / "fan" / "id_00" / "abnormal" / "00000099.wav"
    odd.parent.mkdir()
    soundfile.write(odd, _clip("slider", 0, 99), 16_000)
    ran = run("identify", "fit", root, "--out", tmp_path / "types.offkey", "--split", "clip", "--json")
    assert ran.status == 3
    assert ran.json["left_out"] == [[str(odd), ran.json["left_out"][0][1]]]
    assert "its folder 'abnormal' calls it anomalous" in ran.err


def test_fit_tells_figures_and_split_and_writes_a_report(run, plant: Path, tmp_path: Path) -> None:
    ran = run("identify", "fit", plant, "--out", tmp_path / "t.offkey", "--json", "--report", tmp_path / "report",
              "--leave-out-types", "--predictions", tmp_path / "p.csv")  # fmt: skip
    assert ran.status == 0
    assert ran.json["types"] == ["fan", "pump", "slider"]
    assert ran.json["split"] == "id"
    assert ran.json["unseen_ids"] == {"fan": True, "pump": False, "slider": False}
    assert ran.json["measured"]["macro_f1"] == 1.0
    assert set(ran.json["foreign"]) == {"fan", "pump", "slider"}
    assert "of pump, slider there is one machine id" in ran.err
    page = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") >= 12
    assert "not tested on a machine that was not learnt" in page
    assert "http" not in page.replace("http-equiv", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.csv", "report", "t.offkey"]
    held_out = _rows((tmp_path / "p.csv").read_text(encoding="utf-8"))
    counts = {name: sum(ids.values()) for name, ids in ran.json["held_out"].items()}
    assert {name: sum(row["label"] == name for row in held_out) for name in TONES_HZ} == counts
    for row in held_out:
        assert Path(row["file"]).is_relative_to(plant / row["label"])
        assert float(row["probability"]) == float(row[row["likeliest"]]) == max(float(row[name]) for name in TONES_HZ)
        assert row["machine_type"] in (row["likeliest"], "unknown")
    said = [ran.err.index(words) for words in ("Fitting 3 types", "Calibrating probabilities", "without slider")]
    assert said == sorted(said)


def test_score_has_a_column_a_type(run, types_file: Path, plant: Path, mixed_folder: Path, tmp_path: Path) -> None:
    ran = run(
        "identify", "score", types_file, plant / "pump", mixed_folder / "bad_text.wav", "--out", tmp_path / "t.csv"
    )
    assert ran.status == 3
    text = (tmp_path / "t.csv").read_text(encoding="utf-8")
    assert text.startswith("file,machine_type,probability,fan,pump,slider,p_value,error\n")
    *good, bad = _rows(text)
    assert len(good) == 12
    for row in good:
        assert sum(float(row[name]) for name in TONES_HZ) == pytest.approx(1)
        assert float(row["probability"]) == float(row["pump"]) > 0.8
    assert sum(row["machine_type"] == "pump" for row in good) >= 11
    assert (bad["machine_type"], bad["pump"]) == ("", "")
    assert "bad_text.wav" in bad["error"]
    rows = run("identify", "score", types_file, plant / "pump", "--json", "--least-probability", 0.9999).json["rows"]
    assert {row["machine_type"] for row in rows} == {"unknown"}


def test_evaluate_measures_a_table_or_a_folder(run, types_file: Path, plant: Path, tmp_path: Path) -> None:
    run("identify", "score", types_file, plant, "--out", tmp_path / "t.csv")
    by_table = run("identify", "evaluate", tmp_path / "t.csv", "--json")
    by_folder = run("identify", "evaluate", types_file, plant, "--json")
    assert by_table.json == by_folder.json
    assert by_table.json["n_clips"] == 48
    assert by_table.json["likeliest"]["macro_f1"] == 1.0
    assert by_table.json["accuracy"] == 1 - by_table.json["called_unknown"]["of_known"]
    assert "48 of 48 clips are of machines that" in by_folder.err
    labels = tmp_path / "labels.csv"
    rows = [
        f"{row['file']},{'valve' if row['machine_type'] == 'pump' else 'fan'}"
        for row in _rows((tmp_path / "t.csv").read_text())
    ]
    labels.write_text("\n".join(["file,machine_type", *rows]))
    told = run("identify", "evaluate", tmp_path / "t.csv", "--labels", labels)
    assert "of the clips of foreign types are called unknown" in told.err
    assert "valve" not in told.out  # it is no type that could have been called
    assert "unknown" in told.out


def test_a_model_is_picked_for_each_clip(run, types_file: Path, plant: Path, models: Path, tmp_path: Path) -> None:
    for number, machine, ident in ((50, "fan", 0), (51, "fan", 2), (52, "pump", 0), (53, "slider", 0)):
        soundfile.write(tmp_path / f"{number}.wav", _clip(machine, ident, number), 16_000)
    named = tmp_path / "fan" / "normal_id_02_00000000.wav"  # which tells its machine, though it sounds like another
    named.parent.mkdir()
    soundfile.write(named, _clip("fan", 0, 3), 16_000)
    noise = np.random.default_rng(0).standard_normal(16_000).astype(np.float32)
    soundfile.write(tmp_path / "foreign.wav", 0.1 * noise, 16_000)
    ran = run("score", "--identify", types_file, models, tmp_path, "--out", tmp_path / "s.csv")
    assert ran.status == 3
    assert "holds no model of slider" in ran.err
    text = (tmp_path / "s.csv").read_text(encoding="utf-8")
    assert text.startswith("file,score,p_value,anomalous,error,start_s,end_s,machine_type,probability,model\n")
    rows = {Path(row["file"]).name: row for row in _rows(text)}
    assert {name: row["model"] for name, row in rows.items()} == {
        "50.wav": "fan_00", "51.wav": "fan_id_02", "52.wav": "pump", "53.wav": "", named.name: "fan_id_02",
        "foreign.wav": "",
    }  # fmt: skip
    alone = offkey.load(models / "fan_00.offkey").score(tmp_path / "50.wav")
    assert float(rows["50.wav"]["score"]) == pytest.approx(alone.score)
    assert rows["foreign.wav"]["machine_type"] == "unknown"
    assert "belongs to none of the known machine types fan, pump, slider" in rows["foreign.wav"]["error"]
    assert "taken for slider, of which" in rows["53.wav"]["error"]
    report = run("score", "--identify", types_file, models, tmp_path / "52.wav", "--json").json
    assert report["threshold"] is None
    assert set(report["models"]) == {"fan_00", "fan_id_02", "pump"}
    assert report["rows"][0]["machine_type"] == "pump"


def test_each_file_says_what_it_is(run, types_file: Path, models: Path, plant: Path) -> None:
    model = models / "pump.offkey"
    for arguments, words in [
        (("score", types_file, plant), "is a classifier of machine types"),
        (("identify", "score", model, plant), "is a model of normal sound"),
        (("score", "--identify", model, models, plant), "is a model of normal sound"),
    ]:
        ran = run(*arguments)
        assert (ran.status, ran.out) == (1, "")
        assert words in ran.err
        assert len(ran.err.strip().splitlines()) == 1
    report = run("info", types_file, "--json").json
    assert report["types"] == ["fan", "pump", "slider"]
    assert report["scoring_needs"] == "numpy"
    assert report["fitted_on"]["split"] == "clip"
    text = " ".join(run("info", types_file).out.split())
    assert "Recognises 3 machine types: fan, pump, slider." in text
    assert "flatters" in text
    assert "has no threshold to change" in run("info", types_file, "--set-threshold", 1).err


def test_a_wrong_wish_gets_one_sentence(run, types_file: Path, models: Path, plant: Path, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("file,machine_type,probability\na.wav,fan,1\n")
    out = tmp_path / "o.offkey"
    for arguments, status, words in [
        (("fit", plant / "fan", "--out", out), 1, "No clip with a machine type was found"),
        (("fit", plant, "--out", out, "--classifier", "forest"), 2, "There is no classifier 'forest'"),
        (("fit", plant, "--out", out, "--classifier-param", "C=-1"), 2, "'C' parameter of 'linear' must be a float"),
        (("fit", plant, "--out", out, "--unknown-rate", 2), 2, "must lie between 0 and 1"),
        (("fit", plant, "--out", out, "--machine", "fan"), 1, "needs two or more; found fan"),
        (("evaluate", tmp_path / "t.csv"), 1, "has no column of probabilities"),
        (("evaluate", types_file, plant, "--labels", tmp_path / "t.csv"), 2, "--labels belongs to a table of types"),
        (("score", types_file, tmp_path / "none"), 2, "does not exist"),
    ]:
        ran = run("identify", *arguments)
        assert (ran.status, ran.out) == (status, ""), arguments
        assert words in ran.err
        assert len(ran.err.strip().splitlines()) == 1
    assert not out.exists()
    for folder, words in ((plant, "holds no model of the types"), (types_file, "must be a folder of models")):
        ran = run("score", "--identify", types_file, folder, plant)
        assert (ran.status, words in ran.err) == (2, True)


def test_resnet34_goes_all_the_way(run, plant: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    params = {"n_mels": 32, "n_columns": 32, "width": 4, "epochs": 1, "batch_size": 8}
    given = [word for name, value in params.items() for word in ("--classifier-param", f"{name}={value}")]
    path = tmp_path / "t.offkey"
    ran = run(
        "identify", "fit", plant, "--out", path, "--classifier", "resnet34", *given, "--report", tmp_path / "r.html"
    )
    assert ran.status == 0
    assert "resnet34: 1 epochs, kept 1: loss " in ran.err
    assert "Loss by epoch" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert sorted(found.name for found in tmp_path.iterdir()) == ["r.html", "t.offkey"]
    without_torch = (
        "import sys; sys.modules['torch'] = None; from offkey.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", without_torch, "identify", "score", path, plant, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == run("identify", "score", path, plant, "--json").json
    assert len(json.loads(done.stdout)["rows"]) == 48
