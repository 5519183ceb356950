"""A table of scored clips.

A recording that was scored in windows has several rows, told apart by ``start_s``; its score is that of
its highest window. Rows with an ``error`` are left out and counted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from offkey.datasets.names import parse_name
from offkey.errors import DataError
from offkey.hearing.batch import most_anomalous
from offkey.listing import listing
from offkey.tables import label_of, means_no_label, number

__all__ = ["COLUMNS", "ScoreTable", "ScoredClip", "ScoredWindow", "TextRow", "table_from_columns", "table_from_rows"]

COLUMNS = ("file", "score", "anomalous", "error", "start_s", "end_s", "label", "machine", "section", "domain")
"""Columns that are read; ``section`` also holds a machine id. The first two are needed."""

TextRow: TypeAlias = tuple[str, dict[str, str]]
"""The place of a row, for messages, and its cells by column."""


class ScoredWindow(NamedTuple):
    """One row of a table: a clip, or a window of a long recording."""

    start_s: float | None
    end_s: float | None
    score: float


@dataclass(frozen=True)
class ScoredClip:
    """One clip with its score; None for what is not known."""

    file: str  # path or name as in the table
    score: float  # higher is more anomalous
    label: int | None = None  # 0 normal, 1 anomaly
    anomalous: int | None = None  # 1 if it was called anomalous
    machine: str | None = None
    section: str | None = None
    domain: str | None = None
    windows: tuple[ScoredWindow, ...] = ()  # its rows in the table, by time


class ScoreTable(NamedTuple):
    """Scored clips, each once, in the order of the table."""

    clips: list[ScoredClip]
    failed: list[str]  # files of the rows left out because of an error
    labelled: bool  # whether there is a column label
    name: str  # in messages


def table_from_columns(columns: Mapping[str, Sequence[Any]], name: str = "the table") -> ScoreTable:
    """Make a table of columns, some of `COLUMNS`, such as a data frame's; None is an empty cell."""
    missing = [column for column in ("file", "score") if column not in columns]
    if missing:
        raise DataError(f"{name} needs the columns 'file' and 'score', but lacks {' and '.join(missing)}.")
    known = {column: columns[column] for column in COLUMNS if column in columns}
    lengths = {column: len(values) for column, values in known.items()}
    if len(set(lengths.values())) != 1:
        raise DataError(f"The columns of {name} must have one length, but have {lengths}.")
    rows = [
        (f"{name}, row {number}", {column: _text(value) for column, value in zip(known, values, strict=True)})
        for number, values in enumerate(zip(*known.values(), strict=True), start=1)
    ]
    if not rows:
        raise DataError(f"{name} has no rows.")
    return table_from_rows(rows, name, labelled="label" in known)


def table_from_rows(rows: list[TextRow], name: str, *, labelled: bool) -> ScoreTable:
    """Make a table of rows of text, each with its place in the file; `labelled` if there is a ``label`` column."""
    failed = [cells["file"] for _, cells in rows if cells.get("error")]
    joined: dict[str, list[tuple[str, ScoredClip]]] = {}
    for where, cells in rows:
        if not cells.get("error"):
            joined.setdefault(cells["file"], []).append((cells.get("start_s", ""), _clip(where, cells)))
    doubled = [file for file, windows in joined.items() if len({start for start, _ in windows}) < len(windows)]
    if doubled:
        raise DataError(
            f"Each clip must have one row, or one for each start_s, but {name} has {len(doubled)} doubled: "
            f"{listing(doubled)}."
        )
    return ScoreTable([_highest([clip for _, clip in windows]) for windows in joined.values()], failed, labelled, name)


def _highest(windows: list[ScoredClip]) -> ScoredClip:
    """Join the windows of one recording: it is as anomalous as its most anomalous window."""
    first = windows[0]
    for column in ("label", "machine", "section", "domain"):
        values = {getattr(window, column) for window in windows}
        if len(values) > 1:
            raise DataError(f"The windows of {first.file} differ in {column}: {', '.join(sorted(map(str, values)))}.")
    calls = [window.anomalous for window in windows if window.anomalous is not None]
    return ScoredClip(
        first.file,
        windows[int(most_anomalous([window.score for window in windows])[0])].score,
        first.label,
        max(calls) if calls else None,
        first.machine,
        first.section,
        first.domain,
        tuple(sorted((row for window in windows for row in window.windows), key=lambda row: row.start_s or 0.0)),
    )


def _clip(where: str, cells: dict[str, str]) -> ScoredClip:
    file = cells["file"]
    if not file:
        raise DataError(f"{where}: the file is not named.")
    score = number(cells["score"])
    if score is None or not math.isfinite(score):
        found = cells["score"] or "nothing, and no error either"
        raise DataError(f"{where} ({file}): the score must be a finite number, found {found}.")
    values = {}
    for column, expected in (("label", "0 or normal, 1 or anomaly"), ("anomalous", "0 or 1")):
        text = cells.get(column, "")
        values[column] = label_of(text)
        if values[column] is None and not means_no_label(text):
            raise DataError(f"{where} ({file}): the column '{column}' must be {expected}, found {text!r}.")
    named = parse_name(file)
    places = {
        column: cells.get(column) or (None if column in cells else getattr(named, column))
        for column in ("machine", "section", "domain")
    }
    window = ScoredWindow(number(cells.get("start_s", "")), number(cells.get("end_s", "")), score)
    return ScoredClip(file, score, values["label"], values["anomalous"], **places, windows=(window,))


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return repr(float(value)) if isinstance(value, float) else str(value).strip()
