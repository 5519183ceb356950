from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from offkey.datasets import download
from offkey.datasets.table import read_table
from offkey.datasets.zenodo import RemoteFile

TinyEdition = Callable[[int], Path]
CLIPS = {2020: 144, 2021: 144, 2022: 144, 2023: 72, 2024: 72, 2025: 80, 2026: 72}


@pytest.mark.parametrize("year", CLIPS)
def test_check_reports_as_json(run, tiny_edition: TinyEdition, year: int) -> None:
    root = tiny_edition(year)
    ran = run("data", "check", root, "--dataset", f"dcase{year}", "--ground-truth", root / "ground_truth", "--json")
    report = ran.json
    assert {"dataset", "clips", "counts", "problems"} <= report.keys()
    assert {"machine", "section", "domain", "split", "label", "n"} <= report["counts"][0].keys()
    assert report["clips"] == sum(cell["n"] for cell in report["counts"]) == CLIPS[year]
    assert ran.status == (3 if report["problems"] else 0)
    assert ran.err == ""


def test_check_prints_a_table_and_a_verdict(run, tiny_edition: TinyEdition) -> None:
    ran = run("data", "check", tiny_edition(2023), "--dataset", "dcase2023", "--machine", "fan")
    assert ran.status == 3
    assert "│ dev  │ fan     │ 00      │ source │ train │ normal  │    18 │" in ran.out
    assert "problem: fan 00 (dev, train, source, normal): expected 990 clips, found 18." in ran.err
    assert ran.err.endswith("There are 6 problems with this set.\n")
    assert "rates: 16000 Hz (36); channels: 1 (36)." in ran.err


def test_check_of_a_sound_folder(run, normal_folder: Path) -> None:
    ran = run("data", "check", normal_folder, "--dataset", "folder")
    assert ran.status == 0
    assert ran.err.endswith("Every clip is fit to be used; no counts are published for this set.\n")


def test_check_of_many_problems_names_some(run, shared_data: Path) -> None:
    ran = run("data", "check", shared_data / "dcase2020_real", "--dataset", "dcase2020")
    assert ran.status == 3
    assert "problem: 8 more; --json lists them all." in ran.err
    assert "There are 28 problems with this set." in ran.err


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["check", "nowhere", "--dataset", "dcase2020"], 1, "folder nowhere does not exist"),
        (["check", ".", "--dataset", "dcase2019"], 2, "There is no data set 'dcase2019'"),
        (["check", "."], 2, "Missing option '--dataset'"),
        (["check", ".", "--dataset", "mimii", "--ground-truth", "x"], 2, "'mimii' takes no ground truth"),
        (["split", ".", "--dataset", "folder", "--out", "nowhere/x.csv"], 2, "the folder nowhere does not exist"),
        (["split", ".", "--dataset", "folder", "--out", "x.csv", "--test", "2"], 2, "must lie between 0 and 1"),
        (["split", ".", "--dataset", "folder", "--out", "x.csv", "--fault", "rust"], 2, "There is no fault 'rust'"),
        (["attributes", "nowhere"], 1, "folder nowhere does not exist"),
        (["download", "toyadmos"], 2, "'toyadmos' cannot be fetched"),
        (["download", "dcase2020", "--part", "test"], 2, "dcase2020 has no part 'test'"),
        ([], 2, "Usage: offkey data"),
    ],
)
def test_wrong_usage_is_one_sentence(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], status: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("data", *arguments)
    assert ran.status == status
    assert message in ran.err + ran.out
    assert "Traceback" not in ran.err


def test_attributes_are_shown_then_written(run, tiny_edition: TinyEdition, tmp_path: Path) -> None:
    shutil.copytree(tiny_edition(2022), tmp_path / "set")
    ran = run("data", "attributes", tmp_path / "set")
    assert (ran.status, ran.out) == (0, "")
    assert ran.err.count("is missing") == 4
    assert "Nothing was written; --write" in ran.err
    assert not list((tmp_path / "set").rglob("attributes_*.csv"))
    ran = run("data", "attributes", tmp_path / "set", "--write", "--json")
    assert [table["written"] for table in ran.json["tables"]] == 4 * [True]
    files = sorted((tmp_path / "set").rglob("attributes_*.csv"))
    assert len(files) == 4

    stem = "section_00_source_train_normal_0001_vel_6"
    files[0].write_text(files[0].read_text().replace(f"{stem}.wav,vel,6", f"{stem}.wav,vel,8"))
    before = files[0].read_text()
    ran = run("data", "attributes", tmp_path / "set", "--write")
    assert f"  {stem}: vel=8 in the table, vel=6 by its name." in ran.err
    assert files[0].read_text() == before
    assert "--overwrite writes all" in run("data", "attributes", tmp_path / "set").err
    ran = run("data", "attributes", tmp_path / "set", "--overwrite", "--json")
    assert ran.json["tables"][0]["state"] == "different"
    assert ran.json["tables"][0]["written"]
    assert "agrees with the names" in run("data", "attributes", tmp_path / "set").err


def test_split_writes_a_table(run, tiny_edition: TinyEdition, tmp_path: Path) -> None:
    out = tmp_path / "splits.csv"
    ran = run("data", "split", tiny_edition(2020), "--dataset", "dcase2020", "--out", out, "--seed", 1, "--json")
    assert ran.status == 0
    assert ran.json["clips"] == sum(cell["n"] for cell in ran.json["counts"]) == len(read_table(out))
    assert {cell["proxy"] for cell in ran.json["counts"]} == {None, *(f"other id 0{k}" for k in range(4))}
    assert "results on them are no results on faults" in ran.err


def test_split_of_clips_too_short_for_a_fault_says_so(run, tiny_edition: TinyEdition, tmp_path: Path) -> None:
    root = tiny_edition(2023) / "dev_data"
    ran = run("data", "split", root, "--dataset", "dcase2023", "--out", tmp_path / "s.csv", "--fault", "leak")
    assert ran.status == 1
    assert "No fault could be mixed into any of 6 held-out clips" in ran.err
    assert not (tmp_path / "s.csv").exists()


def test_split_goes_on_without_a_bad_clip(run, normal_folder: Path, mixed_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(normal_folder, tmp_path / "normal")
    for name in ("bad_text.wav", "bad_empty.wav", "bad_10_ms.wav"):
        shutil.copy(mixed_folder / name, tmp_path / "normal")
    arguments = ("--out", tmp_path / "s.csv", "--fault", "leak", "--validation", "0", "--test", "0.9")
    ran = run("data", "split", tmp_path, "--dataset", "folder", *arguments)
    assert ran.status == 3
    assert "left out: " in ran.err


def test_split_of_longer_clips_mixes_faults(run, normal_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(normal_folder, tmp_path / "fan" / "normal")
    out = tmp_path / "splits.csv"
    ran = run("data", "split", tmp_path, "--dataset", "folder", "--out", out, "--fault", "leak", "--snr", 3)
    assert ran.status == 0
    assert "fault leak at 3 dB" in ran.out
    files = list((tmp_path / "splits_proxies").rglob("*_leak.wav"))
    assert len(files) == 7
    assert "splits_proxies/fan/clips/test/" in out.read_text()


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """Stand in for the network: one archive of one record."""
    packed = tmp_path / "served.zip"
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("fan/train/normal_id_00_00000000.wav", b"sound")
    asked: dict[str, Any] = {}

    def record_files(record: str, *, server: str) -> dict[str, RemoteFile]:
        asked.update(record=record, server=server)
        return {"dev_data_fan.zip": RemoteFile("dev_data_fan.zip", "http://x", packed.stat().st_size, "0" * 32)}

    def fetch(remote: RemoteFile, path: Path, *, advance: Callable[[int], None]) -> Path:
        path.parent.mkdir(parents=True)
        advance(remote.size)
        return Path(shutil.copy(packed, path))

    monkeypatch.setattr(download, "record_files", record_files)
    monkeypatch.setattr(download, "fetch", fetch)
    return asked


def test_download_fetches_and_goes_on(run, archive: dict[str, Any], tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ("data", "download", "dcase2020", "--machine", "fan", "--part", "dev")
    ran = run(*arguments, "--list", "--json")
    assert ran.json["archives"][0] | {"bytes": 0} == {
        "archive": "dev_data_fan.zip",
        "part": "dev",
        "machine": "fan",
        "record": "3678171",
        "bytes": 0,
        "there": False,
    }
    assert not Path("dcase2020").exists()
    assert archive == {"record": "3678171", "server": "https://zenodo.org"}
    ran = run(*arguments, "--server", "http://mirror")
    assert ran.status == 0
    assert "dev_data_fan.zip" in ran.out
    assert "Fetching dev_data_fan.zip" in ran.err
    assert "dcase2020: 1 archive fetched and unpacked, 0 were there." in ran.err
    assert archive["server"] == "http://mirror"
    assert Path("dcase2020/dev_data/fan/train/normal_id_00_00000000.wav").read_bytes() == b"sound"
    ran = run(*arguments, "--json", "--to", "dcase2020")
    assert json.loads(ran.out)["archives"][0]["there"]
    assert "0 archives fetched and unpacked, 1 were there." in ran.err
