from __future__ import annotations

import shutil
import sys
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from offkey.datasets.transfer import fetch
from offkey.datasets.zenodo import RemoteFile, record_files
from offkey.errors import DataError, MissingExtraError, OffkeyError


@pytest.fixture
def remote(zenodo: Any) -> Callable[[], RemoteFile]:
    zenodo.records["17"] = {"a.zip": bytes(range(256)) * 4000}
    return lambda: record_files("17", server=zenodo.url)["a.zip"]


def content(zenodo: Any) -> bytes:
    return bytes(zenodo.records["17"]["a.zip"])


def ranges(zenodo: Any) -> list[str | None]:
    return [asked for path, asked in zenodo.requests if path.endswith("/content")]


def test_file_is_fetched_once(zenodo: Any, remote: Callable[[], RemoteFile], tmp_path: Path) -> None:
    steps: list[int] = []
    path = fetch(remote(), tmp_path / "to" / "a.zip", advance=steps.append)
    assert path.read_bytes() == content(zenodo)
    assert sum(steps) == len(content(zenodo))
    assert [file.name for file in path.parent.iterdir()] == ["a.zip"]
    fetch(remote(), path)
    assert ranges(zenodo) == [None]


def test_broken_transfer_goes_on_where_it_broke(zenodo: Any, remote: Callable[[], RemoteFile], tmp_path: Path) -> None:
    zenodo.break_after = [4 * 65_536, 3 * 65_536 + 10]
    steps: list[int] = []
    path = fetch(remote(), tmp_path / "a.zip", advance=steps.append, pause_s=0)
    assert path.read_bytes() == content(zenodo)
    assert ranges(zenodo) == [None, "bytes=262144-", "bytes=458752-"]
    assert sum(steps) == len(content(zenodo))


def test_transfer_that_keeps_breaking_is_resumed_by_the_next_run(
    zenodo: Any, remote: Callable[[], RemoteFile], tmp_path: Path
) -> None:
    zenodo.break_after = [65_536, 0, 0, 0, 0]
    with pytest.raises(
        OffkeyError, match=r"broke off after 65536 of 1024000 bytes \(the connection broke\); run the same again"
    ):
        fetch(remote(), tmp_path / "a.zip", pause_s=0)
    assert [file.name for file in tmp_path.iterdir()] == ["a.zip.part"]
    path = fetch(remote(), tmp_path / "a.zip", pause_s=0)
    assert path.read_bytes() == content(zenodo)
    assert ranges(zenodo)[-1] == "bytes=65536-"


def test_server_without_ranges_begins_anew(zenodo: Any, remote: Callable[[], RemoteFile], tmp_path: Path) -> None:
    zenodo.break_after, zenodo.ignore_range = [300_000], True
    steps: list[int] = []
    assert fetch(remote(), tmp_path / "a.zip", pause_s=0, advance=steps.append).read_bytes() == content(zenodo)
    assert sum(steps) == len(content(zenodo))


def test_part_of_something_longer_is_dropped(zenodo: Any, remote: Callable[[], RemoteFile], tmp_path: Path) -> None:
    (tmp_path / "a.zip.part").write_bytes(bytes(2_000_000))
    assert fetch(remote(), tmp_path / "a.zip").read_bytes() == content(zenodo)


def test_wrong_sum_is_refused_and_nothing_kept(zenodo: Any, remote: Callable[[], RemoteFile], tmp_path: Path) -> None:
    zenodo.wrong_md5 = {"a.zip"}
    with pytest.raises(DataError, match=r"a.zip .* has not the MD5 sum 0{32} .* is deleted; fetch it again"):
        fetch(remote(), tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


def test_part_of_another_file_fails_the_sum(zenodo: Any, remote: Callable[[], RemoteFile], tmp_path: Path) -> None:
    (tmp_path / "a.zip.part").write_bytes(bytes(1000))
    with pytest.raises(DataError, match="has not the MD5 sum"):
        fetch(remote(), tmp_path / "a.zip")
    assert fetch(remote(), tmp_path / "a.zip").read_bytes() == content(zenodo)


def test_full_disk_is_said_and_resumed(
    zenodo: Any, remote: Callable[[], RemoteFile], tmp_path: Path, full_disk: Callable[[str, int], None]
) -> None:
    full_disk(".part", 400_000)
    with pytest.raises(OffkeyError, match=r"The disk is full: a.zip has 1024000 bytes, .*; make room at "):
        fetch(remote(), tmp_path / "a.zip")
    assert (tmp_path / "a.zip.part").stat().st_size == 400_000
    full_disk(".part", 10_000_000)
    assert fetch(remote(), tmp_path / "a.zip").read_bytes() == content(zenodo)
    assert ranges(zenodo) == [None, "bytes=400000-"]


def test_disk_without_room_is_told_before(
    zenodo: Any, remote: Callable[[], RemoteFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 9, 1))
    with pytest.raises(OffkeyError, match="The disk is full"):
        fetch(remote(), tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


def test_empty_file(zenodo: Any, tmp_path: Path) -> None:
    zenodo.records["17"] = {"e": b""}
    assert fetch(record_files("17", server=zenodo.url)["e"], tmp_path / "e").read_bytes() == b""


def test_file_that_is_gone_is_not_tried_again(zenodo: Any, remote: Callable[[], RemoteFile], tmp_path: Path) -> None:
    zenodo.status = {"a.zip": 404}
    with pytest.raises(OffkeyError, match=r"a.zip cannot be fetched: .* answers 404"):
        fetch(remote(), tmp_path / "a.zip")
    assert len(ranges(zenodo)) == 1
    zenodo.status = {"a.zip": 503}
    with pytest.raises(OffkeyError, match="broke off after 0 of"):
        fetch(remote(), tmp_path / "a.zip", pause_s=0)
    assert len(ranges(zenodo)) == 6


def test_place_that_cannot_be_written_is_said(remote: Callable[[], RemoteFile], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OffkeyError, match="cannot be written"):
        fetch(remote(), tmp_path / "file" / "a.zip")


def test_missing_extra_is_named(
    remote: Callable[[], RemoteFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = remote()
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'offkey\[download\]'"):
        fetch(file, tmp_path / "a.zip")
