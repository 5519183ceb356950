"""The one reader of tables that are text: CSV with commas, semicolons, tabs or bars, from any program."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import TypeAlias

from offkey.errors import DataError
from offkey.listing import listing
from offkey.tables.decoding import read_text
from offkey.tables.paths import is_unicode, path_text

__all__ = ["Lines", "TextTable", "column_names", "read_lines", "read_text_table", "table_from_text"]

Lines: TypeAlias = list[tuple[int, list[str]]]
"""Number of each line that has content, counted from 1, and its cells without blanks around them."""

_INDEX = re.compile(r"(unnamed: \d+(_level_\d+)?)?", re.IGNORECASE)  # what data frames call a column without a name
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_MOST_FOUND = 8  # columns that a message names
_NAMES = frozenset({"file", "file_id", "a", "b"})


class TextTable:
    """A table with a header.

    `known`: columns that are asked for; their names are found in any case, and may stand there once.
    """

    def __init__(self, lines: Lines, where: str, known: Collection[str]) -> None:
        self._where, self._lines = where, lines[1:]
        header = lines[0][1] if lines else []
        self.found = listing(header, _MOST_FOUND, separator=",")
        self._names = column_names(header, known, where)
        self.columns = [name for name in self._names if name is not None]

    def __len__(self) -> int:
        return len(self._lines)

    def rows(self, needed: Collection[str]) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the rows: number of the line, and cells by column.

        `needed`: columns that a row must reach; further cells that are not there are empty.
        """
        names = self._names
        least = max((number + 1 for number, name in enumerate(names) if name in needed), default=0)
        for line, cells in self._lines:
            full = [*cells, *[""] * (len(names) - len(cells))]
            if len(cells) < least or any(full[len(names) :]):
                raise DataError(
                    f"{self._where}, line {line}: expected {len(names)} columns, found {len(cells)}; "
                    "a cell that holds the separator or a line end must stand in quotes."
                )
            yield line, {name: cell for name, cell in zip(names, full, strict=False) if name is not None}


def read_text_table(path: str | PathLike[str], what: str, known: Collection[str]) -> TextTable:
    """Read a table with a header.

    `what`: what an error message calls it: ``"labels file"``.
    Returns: without any column if the file is empty.
    """
    return TextTable(read_lines(path, what, known=known), f"The {what} {path}", known)


def table_from_text(text: str, where: str, known: Collection[str]) -> TextTable:
    """Return the table that a text holds; as `read_text_table`."""
    return TextTable(_lines(text.removeprefix("\ufeff"), where, ",;\t|", known), where, known)


def read_lines(
    path: str | PathLike[str], what: str, *, known: Collection[str] = _NAMES, official: bool = False
) -> Lines:
    """Read a CSV file; lines without any content are passed over.

    `path`: a file in UTF-8, UTF-16 or Windows-1252, with or without a byte-order mark, with line ends of any kind.
        Cells are separated by commas, semicolons, tabs or bars: by what separates a known name in the first line, else
        by what separates anything there.
    `what`: what an error message calls it: ``"score file"``.
    `official`: whether the file must have the form of a competition: UTF-8 and commas.
    """
    separators = "," if official else "\t,;|" if Path(path).suffix.lower() in (".tsv", ".tab") else ",;\t|"
    return _lines(read_text(path, what, official=official), f"The {what} {path}", separators, known)


def column_names(header: Sequence[str], known: Collection[str], where: str) -> list[str | None]:
    """Return what the columns of a header are called: None for an index without a name."""
    names: list[str | None] = []
    for given in header:
        name = given.strip()
        name = name.lower() if name.lower() in known else name
        if name in known and name in names:
            raise DataError(f"{where} has two columns {name!r}: delete or rename one of them.")
        names.append(None if _INDEX.fullmatch(name) or name in names else name)
    return names


def _lines(text: str, where: str, separators: str, known: Collection[str]) -> Lines:
    skipped = 0
    marked = re.match(r"sep=([,;\t|])\r?\n?", text, re.IGNORECASE)  # how Excel is told
    if marked and len(separators) > 1:
        text, separators, skipped = text[marked.end() :], marked[1], 1
    separator = separators if len(separators) == 1 else _separator(text, where, separators, known)
    lines = [(line + skipped, cells) for line, cells in _split(text, separator, where, skipped) if any(cells)]
    if separator == ";":  # of countries that write 0,5
        lines = [(line, [_with_point(cell) for cell in cells]) for line, cells in lines]
    return lines


def _split(text: str, separator: str, where: str, skipped: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the line where each row begins, and its cells."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=separator != "\t")
    line, damaged, whole = 1, "\0" in text, is_unicode(text)
    try:
        for row in reader:
            if damaged and any("\0" in cell for cell in row):
                raise DataError(
                    f"{where}, line {line + skipped}: there are NUL bytes, as a power cut leaves them: "
                    "delete the line, or restore the file."
                )
            cells = [cell.strip() for cell in row]
            yield line, cells if whole else [path_text(cell) for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"{where}, line {line + skipped}: the line is no CSV ({error}): look for a quote that is not closed."
        ) from error


def _separator(text: str, where: str, separators: str, known: Collection[str]) -> str:
    """Return what separates the cells of the first line."""
    first = {
        one: next((cells for _, cells in _split(text, one, where) if any(cells)), list[str]()) for one in separators
    }
    by_name = [one for one, cells in first.items() if {cell.lower() for cell in cells} & set(known)]
    by_count = [one for one, cells in first.items() if len(cells) > 1]
    return (by_name or by_count or separators)[0]


def _with_point(cell: str) -> str:
    return cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell) else cell
