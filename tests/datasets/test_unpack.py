from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from offkey.datasets.unpack import unpack
from offkey.errors import DataError, OffkeyError


def pack(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def test_files_are_unpacked_and_kept(tmp_path: Path) -> None:
    archive = pack(tmp_path / "a.zip", {"fan/": b"", "fan/train/a.wav": b"aaa", "fan\\train\\b.wav": b"bb"})
    steps: list[int] = []
    names = unpack(archive, tmp_path / "out", advance=steps.append)
    assert names == ["fan/train/a.wav", "fan/train/b.wav"]
    assert len(steps) == 2
    assert (tmp_path / "out" / "fan" / "train" / "b.wav").read_bytes() == b"bb"
    before = (tmp_path / "out" / "fan" / "train" / "a.wav").stat().st_mtime_ns
    (tmp_path / "out" / "fan" / "train" / "b.wav").write_bytes(b"cut off here")
    unpack(archive, tmp_path / "out")
    (tmp_path / "out" / "fan" / "train" / "b.wav").write_bytes(b"bB")  # of the right size
    unpack(archive, tmp_path / "out")
    assert (tmp_path / "out" / "fan" / "train" / "a.wav").stat().st_mtime_ns == before
    assert (tmp_path / "out" / "fan" / "train" / "b.wav").read_bytes() == b"bb"


@pytest.mark.parametrize("name", ["../evil.wav", "fan/../../evil.wav", "/evil.wav", "..\\evil.wav", "C:/evil.wav"])
def test_member_that_would_leave_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    archive = pack(tmp_path / "a.zip", {"good.wav": b"1", name: b"2"})
    with pytest.raises(DataError, match=r"evil.wav', which would be unpacked outside its folder; nothing was unpacked"):
        unpack(archive, tmp_path / "deep" / "out")
    assert [path.name for path in tmp_path.rglob("*")] == ["a.zip"]


def test_symbolic_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(link, "/etc/passwd")
    with pytest.raises(DataError, match="'link', which is a symbolic link"):
        unpack(tmp_path / "a.zip", tmp_path / "out")


def test_damaged_archive_is_refused(tmp_path: Path) -> None:
    archive = pack(tmp_path / "a.zip", {"a.wav": b"abc" * 100})
    content = bytearray(archive.read_bytes())
    content[40] ^= 0xFF
    archive.write_bytes(content)
    with pytest.raises(DataError, match="is damaged or no zip archive"):
        unpack(archive, tmp_path / "out")
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    archive.write_text("no archive")
    with pytest.raises(DataError, match="is damaged or no zip archive"):
        unpack(archive, tmp_path / "out")


def test_full_disk_is_said_and_nothing_half_written(tmp_path: Path, full_disk: Callable[[str, int], None]) -> None:
    archive = pack(tmp_path / "a.zip", {"a.wav": b"a" * 1000, "b.wav": b"b" * 1000})
    full_disk(".part", 1500)
    with pytest.raises(OffkeyError, match=r"b.wav cannot be unpacked: No space left .*; make room and run the same"):
        unpack(archive, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.wav"]


def test_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    archive = pack(tmp_path / "a.zip", {"a.wav": b"a"})
    (tmp_path / "file").touch()
    with pytest.raises(OffkeyError, match=r"cannot be unpacked: .*; nothing is half-written"):
        unpack(archive, tmp_path / "file")
