"""Score files of the three styles, told apart by their header.

========== =============================== ==========================================================
style      header                          rows
========== =============================== ==========================================================
offkey     ``file,score,...``              the columns of a `ScoreTable` in any order, others passed over
confidence ``file_id,score``               higher is more *normal*, so the sign is turned round
dcase      none                            ``name.wav,score``
========== =============================== ==========================================================
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from offkey.errors import DataError
from offkey.evaluation.csv_lines import csv_lines, number
from offkey.evaluation.score_table import ScoreTable, TextRow, table_from_rows
from offkey.evaluation.sections import EDITIONS
from offkey.evaluation.submission_files import parse_file_name

__all__ = ["read_score_table"]


def read_score_table(path: str | PathLike[str]) -> ScoreTable:
    """Read a score file; its header tells the style.

    Parameters
    ----------
    path : path
        A CSV file in UTF-8.

    Returns
    -------
    ScoreTable
        The clips. In the dcase style an official name of the file tells machine and section.

    Raises
    ------
    DataError
        If the file cannot be read or a row is not as it must be; with the line.
    """
    path = Path(path)
    lines = csv_lines(path, "score file")
    if not lines:
        raise DataError(f"The score file {path} is empty.")
    header = [cell.lower() for cell in lines[0][1]]
    confidence = "file_id" in header and "file" not in header
    if "score" in header and ("file" in header or confidence):
        rows = [_named(path, line, header, row) for line, row in lines[1:]]
        if not rows:
            raise DataError(f"The score file {path} has a header but no rows.")
    elif len(header) == 2 and number(header[1]) is not None:
        header = ["file", "score"]
        told = _told_by_file_name(path)
        rows = [(where, cells | told) for where, cells in (_named(path, line, header, row) for line, row in lines)]
    else:
        raise DataError(
            f"{path}, line 1: expected a header with 'file' and 'score' (offkey), 'file_id,score' (confidence), "
            f"or rows 'name.wav,score' without a header (dcase); found {','.join(lines[0][1])!r}."
        )
    if confidence:
        rows = [(where, _turned(cells)) for where, cells in rows]
    return table_from_rows(rows, str(path), labelled="label" in header)


def _named(path: Path, line: int, header: list[str], row: list[str]) -> TextRow:
    where = f"{path}, line {line}"
    if len(row) != len(header):
        raise DataError(f"{where}: expected {len(header)} columns, found {len(row)}.")
    cells = dict(zip(header, row, strict=True))
    return where, {"file": cells.pop("file_id")} | cells if "file" not in cells else cells


def _turned(cells: dict[str, str]) -> dict[str, str]:
    """Turn the confidence of being normal into an anomaly score."""
    value = number(cells["score"])
    return cells if value is None else {**cells, "score": repr(-value)}


def _told_by_file_name(path: Path) -> dict[str, str]:
    for edition in EDITIONS:
        file = parse_file_name(path, edition)
        if file is not None:
            told = {"machine": file.machine, "section": file.section}
            return told | ({"domain": file.domain} if file.domain else {})
    return {}
