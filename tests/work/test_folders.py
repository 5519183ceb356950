"""Folders here and in object stores are alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from offkey.errors import UsageError
from offkey.work.folders import Folder, open_folder


def _check(folder: Folder, neighbour: Folder, below: Folder) -> None:
    assert folder.names() == set()
    assert folder.read("a") is None
    folder.write("a", b"first")
    folder.write("a", b"0123456789")
    folder.write("empty", b"")
    neighbour.write("b", b"not in it")
    below.write("c", b"not in it either")
    assert {"a", "empty"} <= folder.names() <= {"a", "empty", "below"}
    assert folder.read("a") == b"0123456789"
    assert folder.read("empty") == b""
    with folder.open("a") as file:
        file.seek(-3, 2)
        assert file.read(2) == b"78"
    with pytest.raises(OSError, match="none"), folder.open("none") as file:
        file.read()


def test_a_folder_of_an_object_store(store: str) -> None:
    _check(*(open_folder(f"{store}/{name}") for name in ("folder", "folder2", "folder/below")))


def test_a_folder_of_this_machine(tmp_path: Path) -> None:
    _check(*(open_folder(str(tmp_path / name)) for name in ("folder", "folder2")), open_folder(str(tmp_path / "d/e")))
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="file cannot be made a folder: File exists"):
        open_folder(str(tmp_path / "file"))
