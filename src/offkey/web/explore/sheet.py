"""A table that people keep, changed cell by cell: whatever else stands in it stays as it was, to the byte."""

from __future__ import annotations

import codecs
import csv  # each row keeps its own text, which `offkey.tables` does not, so that others stay as written
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from offkey.files import atomic_binary

__all__ = ["Row", "Sheet"]

_SEPARATORS = ",;\t"
_SEPARATOR_LINE = re.compile(r"sep=([,;\t])(\r\n|\r|\n)", re.IGNORECASE)  # how Excel is told
_ALIASES = {"file_id": "file"}
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(eq=False)
class Row:
    """A row: its cells, and its text as long as no cell was changed."""

    cells: list[str]
    text: str | None = None


class Sheet:
    """A CSV file with a header, in memory.

    The names of `columns` are found in any case, and a file needs the first two; a new sheet gets them all. `rows` are
    those below the header, also empty ones. `changed` says whether the sheet must be written. Raises ValueError if a
    column is missing, or if the content is no CSV.
    """

    def __init__(self, columns: Sequence[str], content: bytes = b"") -> None:
        text, self._encoding = _decoded(content)
        separator = _SEPARATOR_LINE.match(text)
        self._before = separator[0] if separator else ""
        text = text[len(self._before) :]
        line_end = re.search(r"\r\n|\r|\n", text)
        self._line_end = line_end[0] if line_end else "\n"
        self._separator = separator[1] if separator else _separator(text, columns)
        self._key = columns[0]
        self.changed = False
        self._sorted: bool | None = None  # whether the rows were, before the first was added
        rows = _split(text, self._separator)
        while rows and not any(rows[0].cells):
            self._before += rows.pop(0).text or ""
        self._header = rows.pop(0) if rows else Row(list(columns))
        self.rows = rows
        missing = [name for name in columns[:2] if name not in self._names()]
        if missing:
            raise ValueError(f"expected a header with {' and '.join(columns[:2])}, {' and '.join(missing)} is missing")

    def cell(self, row: Row, column: str) -> str:
        """Return the content of a cell without blanks around it, empty where there is none."""
        names = self._names()
        at = names.index(column) if column in names else len(row.cells)
        return row.cells[at].strip() if at < len(row.cells) else ""

    def content(self, row: Row) -> dict[str, str]:
        """Return the cells of a row by column that are not empty."""
        return {name: text for name in self._names() if (text := self.cell(row, name))}

    def change(self, row: Row, column: str, content: str) -> None:
        """Put something else into a cell; a column that is not there is added at the right."""
        if self.cell(row, column) == content:
            return
        if column not in self._names():
            self._header = Row([*self._header.cells, column])
            width = len(self._header.cells)
            for other in self.rows:
                if any(other.cells):
                    other.cells, other.text = other.cells + [""] * (width - len(other.cells)), None
        at = self._names().index(column)
        row.cells += [""] * (at + 1 - len(row.cells))
        row.cells[at] = content
        row.text, self.changed = None, True

    def add(self, content: Mapping[str, str]) -> Row:
        """Add a row: it is written where it belongs if the rows are sorted by the first of the columns, else last."""
        if self._sorted is None:
            keys = [self.cell(other, self._key) for other in self.rows]
            self._sorted = keys == sorted(keys)
        row = Row([""] * len(self._header.cells))
        self.rows.append(row)
        self.changed = True
        for column, text in content.items():
            self.change(row, column, text)
        return row

    def remove(self, row: Row) -> None:
        """Take a row out."""
        self.rows.remove(row)
        self.changed = True

    def write(self, path: Path) -> None:
        """Write the sheet in its own encoding, or in UTF-8 where that lacks a letter."""
        if self._sorted:
            self.rows.sort(key=lambda row: self.cell(row, self._key))
        lines = [row.text if row.text is not None else self._line(row.cells) for row in (self._header, *self.rows)]
        for at, line in enumerate(lines[:-1]):
            lines[at] = line if line.endswith(("\n", "\r")) else line + self._line_end
        text = self._before + "".join(lines)
        try:
            content = text.encode(self._encoding)
        except UnicodeEncodeError:
            content = text.encode()
        with atomic_binary(path) as file:
            file.write(content)

    def _names(self) -> list[str]:
        names = [name.strip().lower() for name in self._header.cells]
        return names if self._key in names else [_ALIASES.get(name, name) for name in names]

    def _line(self, cells: Sequence[str]) -> str:
        special = {self._separator, '"', "\r", "\n"}
        quoted = ('"' + cell.replace('"', '""') + '"' for cell in cells)
        plain = (cell == cell.strip() and special.isdisjoint(cell) for cell in cells)
        shown = (cell if as_it_is else other for cell, as_it_is, other in zip(cells, plain, quoted, strict=True))
        return self._separator.join(shown) + self._line_end


def _decoded(content: bytes) -> tuple[str, str]:
    """Return the text of a file and its encoding."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1"), "latin-1"


def _separator(text: str, columns: Sequence[str]) -> str:
    """Return what separates known columns in the first line that holds anything."""
    for separator in _SEPARATORS:
        first = next((row.cells for row in _split(text, separator) if any(row.cells)), [])
        names = {cell.strip().lower() for cell in first}
        if {*names, *(_ALIASES.get(name, name) for name in names)}.issuperset(columns[:2]):
            return separator
    return ","


def _split(text: str, separator: str) -> list[Row]:
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=separator != "\t")
    rows, begin = [], 0
    try:
        for cells in reader:
            rows.append(Row(cells, "".join(lines[begin : reader.line_num])))
            begin = reader.line_num
    except csv.Error as error:
        raise ValueError(str(error)) from error
    return rows
