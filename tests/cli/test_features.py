"""Command ``offkey features``; its parts are tested in ``test_engines.py``."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile

from offkey.datasets import read_dataset
from offkey.features import create

SET = ["--dataset", "folder", "--features", "mfcc"]


@pytest.fixture
def plant(tmp_path: Path, hum) -> Path:
    """A data set of two machines, with a broken clip."""
    root = tmp_path / "plant"
    for machine in ("fan", "pump"):
        for kind in ("normal", "anomaly"):
            folder = root / machine / "test"
            folder.mkdir(parents=True, exist_ok=True)
            name = f"section_00_source_test_{kind}_0001_vel_6.wav"
            soundfile.write(folder / name, hum(len(machine + kind), seconds=0.5), 16_000)
    (root / "pump" / "test" / "broken.wav").write_bytes(b"RIFF")
    return root


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_features_stand_beside_what_is_known_of_a_clip(run, plant: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"features.{ending}"
    ran = run("features", plant, *SET, "--out", out, "--json")
    assert (ran.status, ran.json["rows"], ran.json["errors"]) == (3, 5, 1)
    assert "error: " in ran.err
    table = pl.read_parquet(out) if ending == "parquet" else pl.read_csv(out)
    assert table.columns[13:17] == ["start_s", "end_s", "error", "mfcc_00_mean"]
    about = ["machine", "domain", "label", "attributes"]
    assert set(table.drop_nulls("mfcc_00_mean").select(about).iter_rows()) == {
        (machine, "source", label, "vel_6") for machine in ("fan", "pump") for label in ("normal", "anomaly")
    }
    assert ran.json["features"] == table.columns[16:] == create("mfcc").feature_names(16_000)
    again = read_dataset("table", out)  # it is a table of clips itself
    assert again["label"].drop_nulls().sort().to_list() == ["anomaly", "anomaly", "normal", "normal"]


def test_parts_are_gathered_into_the_table_of_one_process(run, plant: Path, tmp_path: Path) -> None:
    only = [plant, *SET, "--machine", "fan"]
    assert run("features", *only, "--out", tmp_path / "a.csv").status == 0
    options = ["--run", tmp_path / "run", "--workers", 1, "--out", tmp_path / "b.csv", "--json"]
    assert run("features", *only, *options).json["reused"] == 0
    assert run("features", *only, *options).json["reused"] == 1
    assert (tmp_path / "a.csv").read_text() == (tmp_path / "b.csv").read_text()


def test_an_array_per_clip_lies_where_the_clip_lies(run, plant: Path, tmp_path: Path) -> None:
    out, command = tmp_path / "arrays", ["features", plant, *SET, "--per-clip", "npy", "--out", tmp_path / "arrays"]
    assert run(*command).status == 3
    clip = next((plant / "fan").rglob("*normal*.wav"))
    array = out / clip.relative_to(plant).with_suffix(".npy")
    sound = soundfile.read(clip, dtype="float32")[0]
    expected = create("mfcc").in_time(sound - np.float32(sound.mean(dtype=np.float64)), 16_000)
    np.testing.assert_array_equal(np.load(array), expected)
    table = pl.read_csv(out / "clips.csv")
    assert table["label"].drop_nulls().len() == 4
    assert table["error"].drop_nulls().len() == 1
    assert set(table["array"].drop_nulls()) == {path.relative_to(out).as_posix() for path in out.rglob("*.npy")}
    array.unlink()
    other = next((out / "pump").rglob("*.npy"))
    os.utime(other, ns=(0, 0))  # older than its clip
    assert run(*command, "--json").json["reused"] == 2
    assert array.is_file()
    ran = run(*command, "--rate", 8_000)
    assert (ran.status, "holds arrays of other features" in ran.err) == (2, True)


def test_arrays_without_a_data_set_lie_as_below_their_folder(run, plant: Path, tmp_path: Path) -> None:
    out = tmp_path / "arrays"
    assert run("features", plant / "fan", "--features", "stats", "--per-clip", "npy", "--out", out).status == 0
    assert len(list((out / "test").glob("*.npy"))) == 2
    both = [plant / "fan", plant / "pump", "--per-clip", "npy", "--out", tmp_path / "both"]
    ran = run("features", *both)
    assert (ran.status, "would both be" in ran.err) == (2, True)
    assert not (tmp_path / "both").exists()


def test_the_table_of_arrays_does_not_replace_the_table_that_is_read(run, plant: Path, tmp_path: Path) -> None:
    table = tmp_path / "clips.csv"
    table.write_text(f"file\n{next((plant / 'fan').rglob('*.wav'))}\n")
    ran = run("features", table, "--per-clip", "npy", "--out", tmp_path)
    assert (ran.status, "is one of the inputs" in ran.err) == (2, True)
    assert table.read_text().startswith("file\n")


def test_options_that_lack_something_say_what(run, plant: Path, tmp_path: Path) -> None:
    out, a_file = ["--out", tmp_path / "a.csv"], plant / "pump" / "test" / "broken.wav"
    for options, said in [
        ([], "Name what to write"),
        (["--out", tmp_path / "a.json"], "must end in .csv, .tsv or .parquet"),
        (["--machine", "fan", *out], "--machine needs --dataset"),
        (["--engine", "local", *out], "--engine needs --run"),
        (["--per-clip", "npy"], "--per-clip needs --out"),
        (["--per-clip", "npz", *out], "'npz' is not one of 'npy'"),
        (["--per-clip", "npy", "--out", a_file], f"must name a folder with --per-clip, but {a_file} is a file"),
        (["--per-clip", "npy", "--run", tmp_path, *out], "exclude each other"),
        ([plant, "--dataset", "folder", *out], "reads one data set. Got 2"),
        (["--per-clip", "npy", "--features", "discriminative", *out], "describes a clip as a whole"),
    ]:
        ran = run("features", plant, *options)
        assert (ran.status, said in " ".join(ran.err.split())) == (2, True), ran.err
    assert not (tmp_path / "a.csv").exists()
