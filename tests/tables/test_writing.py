from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from offkey.files import atomic_text
from offkey.tables import csv_writer, path_text, read_lines, write_csv

CELL = st.text(st.sampled_from('aé,;"\r\n\t=# \\'), max_size=6).map(path_text)


@given(st.lists(st.lists(CELL, min_size=2, max_size=4), min_size=1, max_size=5))
def test_what_is_written_is_read_again(tmp_path_factory, rows: list[list[str]]) -> None:
    path: Path = tmp_path_factory.mktemp("rows") / "t.csv"
    header = ["file", "x", "y", "z"]
    write_csv(path, [header, *rows])
    assert [cells for _, cells in read_lines(path, "table")] == [header, *(row for row in rows if any(row))]


def test_rows_end_with_a_line_feed(tmp_path: Path) -> None:
    with atomic_text(tmp_path / "t.csv") as file:
        csv_writer(file).writerows([["a", None, 0.5], ["b\r", "c\n", 'd"']])
    assert (tmp_path / "t.csv").read_bytes() == b'a,,0.5\n"b\r","c\n","d"""\n'
