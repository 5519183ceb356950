from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile

import offkey
from offkey.errors import DataError


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, hum) -> Path:
    """A folder with 20 normal clips and 3 faulty ones in folders of their own, and a table that names all of them."""
    root = tmp_path_factory.mktemp("press")
    rows = []
    for folder, count, tone_hz in (("shift 1/normal", 20, None), ("shift 1/NG", 3, 3000)):
        (root / folder).mkdir(parents=True)
        for number in range(count):
            file = root / folder / f"{number:03d}.wav"
            soundfile.write(file, hum(number + 50 * (tone_hz is not None), tone_hz=tone_hz), 16_000)
            rows.append(f"{folder}/{number:03d}.wav,{'normal' if tone_hz is None else 'Abnormal'}")
    (root / "labels.csv").write_text("\n".join(["file,label", *rows]) + "\n")
    (root / "bare.csv").write_text("\n".join(["file", *(row.split(",")[0] for row in rows)]) + "\n")
    splits = [f"{row},{('train', 'test', 'validation')[number % 10 % 3]}" for number, row in enumerate(rows)]
    (root / "splits.csv").write_text("\n".join(["file,label,split", *splits]) + "\n")
    return root


KNN = ("--detector", "knn", "--json")


@pytest.mark.parametrize("given", ["", "labels.csv", "bare.csv"])
def test_clips_that_are_called_anomalous_are_left_out_and_named(run, machine: Path, tmp_path: Path, given) -> None:
    ran = run("fit", machine / given, "--model", tmp_path / "m.offkey", *KNN)
    assert ran.status == 3
    assert ran.json["clips"] == 20
    assert [Path(row["file"]).parent.name for row in ran.json["left_out"]] == ["NG"] * 3
    assert ran.err.count("left out: ") == 3
    assert "calls it anomalous" in ran.err
    assert "3 of 23 clips are called anomalous" in ran.json["notes"][0]
    model = offkey.load(tmp_path / "m.offkey")
    assert len(model.fitted_on.left_out) == 3
    faulty = sorted((machine / "shift 1" / "NG").iterdir())
    assert all(result.anomalous for result in model.score(faulty))


def test_an_engine_and_the_library_leave_out_the_same(run, machine: Path, tmp_path: Path) -> None:
    engine = ("--engine", "local", "--workers", 1, "--run", tmp_path / "run")
    ran = run("fit", machine / "labels.csv", "--model", tmp_path / "m.offkey", *KNN, *engine)
    assert ran.status == 3
    assert (ran.json["clips"], len(ran.json["left_out"])) == (20, 3)
    model = offkey.fit(machine, detector="knn")
    assert (model.fitted_on.clips, len(model.fitted_on.left_out)) == (20, 3)
    of_files = offkey.fit((path for path in sorted(machine.rglob("*.wav"))), detector="knn")
    assert (of_files.fitted_on.clips, len(of_files.fitted_on.left_out)) == (20, 3)


def test_those_who_mean_it_may_learn_from_them(run, machine: Path, tmp_path: Path) -> None:
    ran = run("fit", machine, "--model", tmp_path / "m.offkey", *KNN, "--include-labelled-anomalies")
    assert (ran.status, ran.json["clips"], ran.json["left_out"]) == (0, 23, [])
    assert offkey.fit(machine, detector="knn", include_labelled_anomalies=True).fitted_on.clips == 23


def test_the_splits_that_test_a_model_are_not_learnt_from(run, machine: Path, tmp_path: Path) -> None:
    ran = run("fit", machine / "splits.csv", "--model", tmp_path / "m.offkey", *KNN, "--include-labelled-anomalies")
    rows = [line.split(",") for line in (machine / "splits.csv").read_text().splitlines()[1:]]
    assert ran.status == 3
    assert ran.json["clips"] == sum(split == "train" for *_, split in rows)
    told = {(Path(row["file"]).parent.name, Path(row["file"]).name) for row in ran.json["left_out"]}
    assert told == {tuple(file.split("/")[1:]) for file, _, split in rows if split != "train"}
    assert "it belongs to the split 'test'" in ran.err


def test_the_label_of_a_table_is_believed_before_the_folder(run, machine: Path, tmp_path: Path) -> None:
    files = sorted(machine.rglob("*.wav"))
    (tmp_path / "all.csv").write_text("\n".join(["file,label", *(f"{file},normal" for file in files)]) + "\n")
    ran = run("fit", tmp_path / "all.csv", "--model", tmp_path / "m.offkey", *KNN)
    assert (ran.status, ran.json["clips"]) == (0, 23)


def test_where_no_clip_is_left_one_sentence_says_why(run, machine: Path, tmp_path: Path) -> None:
    ran = run("fit", machine / "shift 1" / "NG", "--model", tmp_path / "m.offkey", *KNN)
    assert ran.status == 1
    assert "None of the 3 clips is there to learn from: 3 are called anomalous" in ran.err
    assert "--include-labelled-anomalies" in ran.err
    assert not (tmp_path / "m.offkey").exists()
    with pytest.raises(DataError, match="None of the 3 clips"):
        offkey.fit(machine / "shift 1" / "NG")


def test_many_are_counted_and_kept_in_the_model(run, hum, tmp_path: Path) -> None:
    (tmp_path / "x" / "faulty").mkdir(parents=True)
    for number in range(30):
        soundfile.write(tmp_path / "x" / f"{number}.wav", hum(number), 16_000)
        soundfile.write(tmp_path / "x" / "faulty" / f"{number}.wav", hum(number + 90, tone_hz=2000), 16_000)
    ran = run("fit", tmp_path / "x", "--model", tmp_path / "m.offkey", "--detector", "knn")
    assert ran.err.count("left out: ") == 21
    assert "left out: 10 more; 'offkey info" in ran.err
    shown = run("info", tmp_path / "m.offkey", "--json")
    assert len(json.loads(shown.out)["fitted_on"]["left_out"]) == 30
