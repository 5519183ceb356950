"""Score files of three styles, which their headers distinguish.

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

from offkey.datasets.editions import edition_names, find_edition
from offkey.errors import DataError
from offkey.evaluation.score_table import COLUMNS, ScoreTable, TextRow, table_from_rows
from offkey.evaluation.submission_files import parse_file_name
from offkey.tables import TextTable, number, read_lines

__all__ = ["read_score_table"]


def read_score_table(path: str | PathLike[str]) -> ScoreTable:
    """Read a score file; its header decides the style.

    In the dcase style an official file name gives machine and section.
    """
    path = Path(path)
    lines = read_lines(path, "score file")
    if not lines:
        raise DataError(f"The score file {path} is empty.")
    first = [cell for cell in lines[0][1] if cell]
    if len(first) == 2 and number(first[1]) is not None:
        lines = [(0, ["file", "score"]), *lines]
        place = _place_by_name(path)
    else:
        place = {}
    table = TextTable(lines, str(path), (*COLUMNS, "file_id"))
    confidence = "file_id" in table.columns and "file" not in table.columns
    if "score" not in table.columns or not ("file" in table.columns or confidence):
        raise DataError(
            f"{path}, line 1: expected a header with 'file' and 'score' (offkey), 'file_id,score' (confidence), "
            f"or rows 'name.wav,score' without a header (dcase); found {table.found!r}."
        )
    needed = ("file_id" if confidence else "file", "score")
    rows: list[TextRow] = [(f"{path}, line {line}", cells | place) for line, cells in table.rows(needed)]
    if not rows:
        raise DataError(f"The score file {path} has a header but no rows.")
    if confidence:
        rows = [(where, _inverted(cells)) for where, cells in rows]
    return table_from_rows(rows, str(path), labelled="label" in table.columns)


def _inverted(cells: dict[str, str]) -> dict[str, str]:
    """Turn the confidence of being normal into an anomaly score."""
    value = number(cells["score"])
    return {**cells, "file": cells["file_id"], "score": cells["score"] if value is None else repr(-value)}


def _place_by_name(path: Path) -> dict[str, str]:
    for name in edition_names():
        file = parse_file_name(path, find_edition(name))
        if file is not None:
            place = {"machine": file.machine, "section": file.section}
            return place | ({"domain": file.domain} if file.domain else {})
    return {}
