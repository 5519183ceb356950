from __future__ import annotations

import os
from pathlib import Path

import pytest

from offkey.datasets.readers import read_dataset
from offkey.errors import DataError

CASES = {
    "normal/a.wav": (None, None, None, "normal"),
    "Abnormal/2024/monday/b.flac": (None, None, None, "anomaly"),
    "train/c.wav": (None, None, "train", "normal"),
    "test/d.wav": (None, None, "test", None),
    "test/anomaly/e.wav": (None, None, "test", "anomaly"),
    "pump 7/train/f.wav": ("pump 7", None, "train", "normal"),
    "line 3/fan/test/normal/g.wav": ("line 3/fan", None, "test", "normal"),
    "fan/id_02/normal/h.wav": ("fan", "02", None, "normal"),
    "dev_data/raw/slider/test/anomaly_id_00_00000001.wav": ("slider", "00", "test", "anomaly"),
    "valve/i.wav": ("valve", None, None, None),
    "fantastic/j.wav": (None, None, None, None),
    "fan/abnormal_02/k.wav": ("fan", None, None, "anomaly"),
    "train/l_abnormal.wav": (None, None, "train", "anomaly"),
}


@pytest.mark.parametrize(("file", "expected"), CASES.items(), ids=list(CASES))
def test_folder_words_are_read(tmp_path: Path, file: str, expected: tuple[str | None, ...]) -> None:
    path = tmp_path / "anomaly" / "set" / file  # what lies above the root tells nothing
    path.parent.mkdir(parents=True)
    path.touch()
    table = read_dataset("folder", tmp_path / "anomaly" / "set")
    assert table.select("machine", "section", "split", "label").rows() == [expected]
    assert table["file"].to_list() == [str(path)]


def test_a_name_that_is_not_utf_8_stands_in_the_table_with_escapes(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/gr\xfc\xdfe.wav")).touch()
    except OSError:
        pytest.skip("this file system has UTF-8 names only")
    assert read_dataset("folder", tmp_path)["file"].to_list() == [f"{tmp_path}/gr\\xfc\\xdfe.wav"]


def test_machines_are_chosen(tmp_path: Path) -> None:
    for machine in ("a", "b"):
        (tmp_path / machine / "normal").mkdir(parents=True)
        (tmp_path / machine / "normal" / "x.wav").touch()
    assert read_dataset("folder", tmp_path, machines=["B"])["machine"].to_list() == ["b"]
    with pytest.raises(DataError, match=r"machine 'c' is not under .*: found a, b"):
        read_dataset("folder", tmp_path, machines=["c"])


def test_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"expected files ending in .*; found nothing"):
        read_dataset("folder", tmp_path)
