"""A folder is written whole, and only over what an export wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from offkey.errors import OffkeyError, UsageError
from offkey.export.folder import CALIBRATION, check_out, write_folder

FILES = {CALIBRATION: b"{}", "c/offkey.c": b"int x;"}


def test_a_folder_is_made_and_replaced(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", FILES)
    assert (tmp_path / "out" / "c" / "offkey.c").read_bytes() == b"int x;"
    write_folder(tmp_path / "out", {CALIBRATION: b"{1}"})
    assert [path.name for path in (tmp_path / "out").iterdir()] == [CALIBRATION]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("others", [["notes.txt"], [CALIBRATION, "notes.txt"], ["model.onnx"]])
def test_what_others_put_there_is_not_replaced(tmp_path: Path, others: list[str]) -> None:
    for name in others:
        (tmp_path / name).write_text("mine")
    with pytest.raises(UsageError, match=r"holds (notes.txt|model.onnx), which no export wrote"):
        write_folder(tmp_path, FILES)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(others)


def test_a_file_or_a_folder_in_a_place_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is a file: choose another name"):
        check_out(tmp_path / "file")
    with pytest.raises(UsageError, match="does not exist"):
        check_out(tmp_path / "no" / "out")


def test_nothing_is_left_of_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", FILES)
    with pytest.raises(OffkeyError, match="cannot be written"):
        write_folder(tmp_path / "out", {CALIBRATION: b"new", "c": b"", "c/offkey.c": b"a file lies in its way"})
    assert (tmp_path / "out" / CALIBRATION).read_bytes() == b"{}"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
