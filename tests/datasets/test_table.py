from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from offkey.datasets.table import COLUMNS, make_table, read_table, write_table
from offkey.errors import DataError, OffkeyError, UsageError


def write(path: Path, text: str, *clips: str) -> Path:
    path.write_text(text)
    for clip in clips:
        (path.parent / clip).parent.mkdir(parents=True, exist_ok=True)
        (path.parent / clip).touch()
    return path


def test_table_has_all_columns_in_their_types() -> None:
    table = make_table([{"file": "a.wav", "snr_db": 6, "channel": 0}, {"file": "b.wav", "label": "normal", "other": 1}])
    assert tuple(table.columns) == COLUMNS
    assert table.schema["snr_db"] == pl.Float64
    assert table.schema["channel"] == pl.Int64
    assert table["label"].to_list() == [None, "normal"]
    assert make_table([]).schema == table.schema


def test_files_are_relative_to_the_tables_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside.wav"
    (tmp_path / "set").mkdir()
    path = write(
        tmp_path / "set" / "clips.csv", f"file,label\na.wav,normal\nsub\\b.wav,1\n{outside},abnormal\n", "a.wav"
    )
    (tmp_path / "set" / "sub").mkdir()
    (tmp_path / "set" / "sub" / "b.wav").touch()
    table = read_table(path)
    assert table["file"].to_list() == [str(path.parent / "a.wav"), str(path.parent / "sub" / "b.wav"), str(outside)]
    assert table["label"].to_list() == ["normal", "anomaly", "anomaly"]


def test_text_stays_text_and_empty_is_null(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "section, file ,domain,note,snr_db,channel\n00, a.wav ,,hello,-6,1\n", "a.wav")
    row = read_table(path).row(0, named=True)
    assert (row["section"], row["domain"], row["note"], row["snr_db"], row["channel"]) == ("00", None, "hello", -6.0, 1)
    assert read_table(path).columns == [*COLUMNS, "note"]


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.parquet"])
def test_written_table_is_read_again(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.wav").touch()
    table = make_table([{"file": str(tmp_path / "a.wav"), "section": "00", "snr_db": 0.0}, {"file": "/far/b, c.wav"}])
    write_table(table, tmp_path / name)
    assert read_table(tmp_path / name).equals(table)


def test_clips_beneath_are_written_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_table(make_table([{"file": "sub/a.wav"}, {"file": "/far/b.wav"}]), "t.csv")
    assert [line.split(",")[0] for line in Path("t.csv").read_text().splitlines()] == [
        "file",
        "sub/a.wav",
        "/far/b.wav",
    ]


def test_parquet_with_numbers_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    pl.DataFrame({"file": ["a.wav"], "label": [1], "section": [3]}).write_parquet(tmp_path / "t.parquet")
    row = read_table(tmp_path / "t.parquet").row(0, named=True)
    assert (row["label"], row["section"]) == ("anomaly", "3")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("path,label\na.wav,normal\n", "must have a column 'file'; found path, label"),
        ("file,label\n", "lists no clips"),
        ("", "is empty: expected a header"),
        ("file\na.wav\nb.wav\na.wav\n", "row 3: a.wav is listed in row 1 already"),
        ("file\nx.wav\ny.wav\n", "None of the 2 files .* exists, such as .*x.wav"),
        ("file,label\na.wav,normal\n,normal\n", "row 2: the column 'file' is empty"),
        ("file,label\na.wav,purple\n", "row 1: the label must be one of normal, 0, anomaly, .*; found 'purple'"),
        ("file,split\na.wav,dev\n", "row 1: the split must be one of train, .*; found 'dev'"),
        ("file,snr_db\na.wav,loud\n", "row 1: the snr_db must be a number; found 'loud'"),
        ("file,channel\na.wav,0.5\n", "row 1: the channel must be a whole number; found '0.5'"),
        ("file,label\na.wav,normal,extra\n", "line 2: expected 2 columns, found 3"),
        ("file,label\n\n,,\na.wav,maybe\n", r"row 1 \(line 4\): the label must be one of .*; found 'maybe'"),
        ("file,File\na.wav,b.wav\n", "has two columns 'file'"),
        ("file\n" + "a/" * 3000 + "\n", "None of the 1 files"),
    ],
)
def test_wrong_table_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_table(write(tmp_path / "t.csv", text, "a.wav"))


def test_clip_may_stand_for_several_sections(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "file,section,label\na.wav,00,normal\na.wav,02,anomaly\n", "a.wav")
    assert read_table(path)["section"].to_list() == ["00", "02"]
    with pytest.raises(DataError, match=r"row 3: a.wav is listed in row 2 already"):
        read_table(write(tmp_path / "t.csv", path.read_text() + "a.wav,02,normal\n"))


def test_missing_and_unknown_kinds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(UsageError, match=r"must end in .csv, .tsv or .parquet; found '.txt'"):
        read_table(write(tmp_path / "t.txt", "file\na.wav\n"))
    with pytest.raises(UsageError, match="no ending"):
        write_table(make_table([]), tmp_path / "t")
    (tmp_path / "t.parquet").write_bytes(b"PAR1 not")
    with pytest.raises(DataError, match="cannot be read"):
        read_table(tmp_path / "t.parquet")
    with pytest.raises(OffkeyError, match="cannot be written"):
        write_table(make_table([]), tmp_path / "nowhere" / "t.csv")


def test_importing_loads_no_polars() -> None:
    code = "import sys, offkey.datasets.table; sys.exit(int('polars' in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
