from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from offkey.datasets.download import download, plan
from offkey.datasets.readers import read_dataset
from offkey.errors import DataError, OffkeyError, UsageError


def contents(zenodo: Any) -> int:
    return sum(path.endswith("/content") for path, _ in zenodo.requests)


def test_fetched_set_can_be_read(fan_archives: Callable[[], Any], tmp_path: Path) -> None:
    zenodo = fan_archives()
    told: list[tuple[str, int]] = []
    done = download(
        "dcase2020",
        tmp_path,
        machines=["fan"],
        server=zenodo.url,
        progress=lambda name, total: told.append((name, total)) or (lambda n: None),
    )
    assert [one.archive.part for one in done] == ["dev", "additional", "eval"]
    assert [name for name, _ in told][:2] == ["Fetching dev_data_fan.zip", "Unpacking dev_data_fan.zip"]
    table = read_dataset("dcase2020", tmp_path)
    assert sorted(table.group_by("part").len().iter_rows()) == [("additional", 1), ("dev", 3), ("eval", 1)]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".downloaded.json", "dev_data", "eval_data"]


def test_second_run_fetches_nothing_but_what_is_gone(fan_archives: Callable[[], Any], tmp_path: Path) -> None:
    zenodo = fan_archives()
    arguments: dict[str, Any] = {"machines": ["fan"], "server": zenodo.url}
    download("dcase2020", tmp_path, **arguments)
    assert contents(zenodo) == 3
    assert [one.done for one in plan("dcase2020", tmp_path, **arguments)] == [True, True, True]
    download("dcase2020", tmp_path, **arguments)
    assert contents(zenodo) == 3
    (tmp_path / "eval_data" / "fan" / "test" / "id_01_00000000.wav").unlink()
    (tmp_path / "eval_data" / "fan" / "test").rmdir()
    assert [one.done for one in plan("dcase2020", tmp_path, **arguments)] == [True, True, False]
    download("dcase2020", tmp_path, **arguments)
    assert contents(zenodo) == 4
    assert len(read_dataset("dcase2020", tmp_path)) == 5


def test_parts_are_chosen_and_archives_kept_on_demand(fan_archives: Callable[[], Any], tmp_path: Path) -> None:
    zenodo = fan_archives()
    download("dcase2020", tmp_path, machines=["fan"], parts=["dev"], server=zenodo.url, keep=True)
    assert [path.name for path in (tmp_path / ".archives").iterdir()] == ["dev_data_fan.zip"]
    assert not (tmp_path / "eval_data").exists()
    assert len(read_dataset("dcase2020", tmp_path)) == 3


def test_changed_archive_is_fetched_again(fan_archives: Callable[[], Any], tmp_path: Path) -> None:
    zenodo = fan_archives()
    arguments: dict[str, Any] = {"machines": ["fan"], "parts": ["dev"], "server": zenodo.url}
    download("dcase2020", tmp_path, **arguments)
    zenodo.add("3678171", "dev_data_fan.zip", {"fan/train/normal_id_00_00000003.wav": b"new"})
    download("dcase2020", tmp_path, **arguments)
    assert len(read_dataset("dcase2020", tmp_path)) == 4


def test_run_that_was_stopped_goes_on(
    fan_archives: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    zenodo = fan_archives()
    arguments: dict[str, Any] = {"machines": ["fan"], "server": zenodo.url}
    zenodo.break_after = [10**9, 131_072, 0, 0, 0, 0]
    with pytest.raises(OffkeyError, match=r"eval_data_train_fan.zip broke off after 131072 of"):
        download("dcase2020", tmp_path, **arguments)
    assert [one.done for one in plan("dcase2020", tmp_path, **arguments)] == [True, False, False]
    download("dcase2020", tmp_path, **arguments)
    assert zenodo.requests[-2][1] == "bytes=131072-"
    assert len(read_dataset("dcase2020", tmp_path)) == 5


def test_archive_that_the_record_lacks_is_said(fan_archives: Callable[[], Any], tmp_path: Path) -> None:
    zenodo = fan_archives()
    with pytest.raises(DataError, match=r"The record 3678171 has no file dev_data_pump.zip: it has dev_data_fan.zip"):
        plan("dcase2020", tmp_path, machines=["pump"], parts=["dev"], server=zenodo.url)
    with pytest.raises(DataError, match="Zenodo has no record 7882613"):
        plan("dcase2023", tmp_path, machines=["fan"], parts=["dev"], server=zenodo.url)
    zenodo.records["20437238"] = {}
    with pytest.raises(DataError, match=r"Sander_test.zip \(a name that the organisers did not confirm\): it has none"):
        plan("dcase2026", tmp_path, machines=["Sander"], parts=["eval"], server=zenodo.url)


def test_wrong_places_are_refused(fan_archives: Callable[[], Any], tmp_path: Path) -> None:
    zenodo = fan_archives()
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is a file: name a folder"):
        download("dcase2020", tmp_path / "file", server=zenodo.url)
    (tmp_path / ".downloaded.json").write_text("{")
    with pytest.raises(DataError, match="cannot be read as JSON"):
        download("dcase2020", tmp_path, machines=["fan"], server=zenodo.url)
    (tmp_path / ".downloaded.json").write_text(json.dumps([]))
    assert not plan("dcase2020", tmp_path, machines=["fan"], parts=["dev"], server=zenodo.url)[0].done
