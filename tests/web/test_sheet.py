from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offkey.web.explore.sheet import Sheet

COLUMNS = ("file", "label", "comment")


def _written(sheet: Sheet, folder: Path) -> bytes:
    sheet.write(folder / "sheet.csv")
    return (folder / "sheet.csv").read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"file,label,comment\na,1,x\n",
        b'\xef\xbb\xbfFile; Label ;note\r\na;"1";"x ""y"""\r\n\r\nb;0;"two\r\nlines"',
        b"sep=;\r\nfile;label\r\na;1\r\n",
        b'\n,file,label,rater\n0,a.wav,Anomaly,  "Jo, S."\n1,b.wav,,\n\n',
        "file\tlabel\twer\ngr\u00fc\u00dfe.wav\t1\tJ\u00f6\n".encode("cp1252"),
        "file,label\ngr\u00fc\u00dfe.wav,1\n".encode("utf-16"),
        b"file,label\ra,1\rb,0",
        b"file_id,label\na,1\n",
    ],
)
def test_what_is_not_changed_is_written_as_it_was(tmp_path: Path, content: bytes) -> None:
    assert _written(Sheet(COLUMNS, content), tmp_path) == content


def test_a_change_leaves_all_other_rows_to_the_byte(tmp_path: Path) -> None:
    content = b'File;LABEL;who\r\n"a";Anomaly;"Jo; S."\r\nb;0;\r\nc;"1";x\r\n'
    sheet = Sheet(COLUMNS, content)
    sheet.change(sheet.rows[1], "label", "normal")
    assert _written(sheet, tmp_path) == content.replace(b"b;0;", b"b;normal;")
    sheet.change(sheet.rows[1], "comment", "new")
    assert _written(sheet, tmp_path).splitlines()[0] == b"File;LABEL;who;comment"
    again = Sheet(COLUMNS, (tmp_path / "sheet.csv").read_bytes())
    assert [again.content(row) for row in again.rows] == [
        {"file": "a", "label": "Anomaly", "who": "Jo; S."},
        {"file": "b", "label": "normal", "comment": "new"},
        {"file": "c", "label": "1", "who": "x"},
    ]


def test_a_row_goes_where_it_belongs_or_to_the_end(tmp_path: Path) -> None:
    sorted_rows, others = Sheet(COLUMNS, b"file,label\na,1\nc,1"), Sheet(COLUMNS, b"file,label\nc,1\na,1")
    for sheet in (sorted_rows, others):
        sheet.add({"file": "b", "label": "normal"})
    assert _written(sorted_rows, tmp_path) == b"file,label\na,1\nb,normal\nc,1"
    assert _written(others, tmp_path) == b"file,label\nc,1\na,1\nb,normal\n"


def test_letters_that_an_encoding_lacks_make_it_utf8(tmp_path: Path) -> None:
    sheet = Sheet(COLUMNS, "file,label,comment\n\u00fc,1,\n".encode("cp1252"))
    sheet.change(sheet.rows[0], "comment", "\u03a9")
    assert _written(sheet, tmp_path).decode() == "file,label,comment\n\u00fc,1,\u03a9\n"


@pytest.mark.parametrize("content", [b"name,label\n1,2\n", b"file;comment\n", b"nonsense\n"])
def test_a_header_without_the_columns_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="expected a header with file and label"):
        Sheet(COLUMNS, content)


@given(
    rows=st.lists(st.lists(st.text("ab,;\"'\n\r\t \u00fc", max_size=6), min_size=4, max_size=4), max_size=6),
    at=st.integers(0, 5),
    line_end=st.sampled_from(["\n", "\r\n"]),
    separator=st.sampled_from(",;\t"),
)
def test_any_table_keeps_its_cells(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], at: int, line_end: str, separator: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(
            [["file", "label", "x", "y"], *rows]
        )
    sheet = Sheet(COLUMNS, path.read_bytes())
    expected = [list(row.cells) for row in sheet.rows]
    assert expected == rows
    if at < len(rows):
        sheet.change(sheet.rows[at], "label", "changed")
        expected[at][1] = "changed"
    sheet.write(path)
    assert [row.cells for row in Sheet(COLUMNS, path.read_bytes()).rows] == expected
