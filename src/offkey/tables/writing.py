"""CSV as offkey writes it: commas, a line feed after each row, and quotes where a reader needs them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from offkey.files import atomic_text

if TYPE_CHECKING:
    from _csv import Writer

__all__ = ["csv_writer", "write_csv"]


class _Writable(Protocol):
    def write(self, text: str, /) -> object: ...


class _LineFeeds:
    """Ends rows with a line feed; the writer is told otherwise, so that it quotes carriage returns in cells."""

    def __init__(self, file: _Writable) -> None:
        self._file = file

    def write(self, row: str, /) -> object:
        return self._file.write(row.removesuffix("\r\n") + "\n")


def csv_writer(file: _Writable) -> Writer:
    """Return a writer of rows, all of which `offkey.tables.read_lines` reads back.

    `file`: where to write; opened so that line ends are not translated.
    """
    return csv.writer(_LineFeeds(file), lineterminator="\r\n")


def write_csv(path: Path, rows: Iterable[Sequence[object]]) -> None:
    """Write rows, the header first, as a whole file; an OffkeyError says why it cannot be written."""
    with atomic_text(path) as file:
        csv_writer(file).writerows(rows)
