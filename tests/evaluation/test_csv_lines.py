from __future__ import annotations

from pathlib import Path

import pytest

from offkey.errors import DataError
from offkey.evaluation.csv_lines import csv_lines, number


def test_lines_keep_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("\ufefffile,score\r\n\r\n ä.wav , 1\r\n,\r\nb.wav,2".encode())
    expected = [(1, ["file", "score"]), (3, ["ä.wav", "1"]), (5, ["b.wav", "2"])]
    assert csv_lines(tmp_path / "a.csv", "score file") == expected


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"The score file .*none\.csv cannot be read: No such file"):
        csv_lines(tmp_path / "none.csv", "score file")
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe1\x00")
    with pytest.raises(DataError, match=r"The labels file .*a\.csv is no CSV file in UTF-8"):
        csv_lines(tmp_path / "a.csv", "labels file")


def test_numbers() -> None:
    assert number("1e3") == 1000
    assert number("") is number("high") is None
