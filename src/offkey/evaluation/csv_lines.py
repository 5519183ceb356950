"""The lines of a CSV file, with their numbers, for messages that say where."""

from __future__ import annotations

import csv
from pathlib import Path

from offkey.errors import DataError

__all__ = ["csv_lines", "number"]


def csv_lines(path: Path, what: str) -> list[tuple[int, list[str]]]:
    """Read a CSV file in UTF-8; lines without any content are passed over.

    Parameters
    ----------
    path : Path
        The file.
    what : str
        What an error message calls it: ``"score file"``.

    Returns
    -------
    list of (int, list of str)
        Number of each line, counted from 1, and its cells without blanks around them.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            lines = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except OSError as error:
        raise DataError(f"The {what} {path} cannot be read: {error.strerror or error}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"The {what} {path} is no CSV file in UTF-8: {error}.") from error
    return [(line, cells) for line, cells in lines if any(cells)]


def number(text: str) -> float | None:
    """Return the number that a cell holds, None if it holds none.

    Parameters
    ----------
    text : str
        The cell.

    Returns
    -------
    float or None
        The number, which may be infinite or not a number.
    """
    try:
        return float(text)
    except ValueError:
        return None
