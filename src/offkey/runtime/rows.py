"""Results as lines of JSON or CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from typing import Any, TextIO

from .result import Event, Result

__all__ = ["Row", "Write", "end_row", "failed_row", "file_row", "stream_row", "write_csv", "write_json"]

Row = dict[str, Any]

Write = Callable[[Row], None]
"""Writes a row, which is out when it returns."""

_COLUMNS = ("score", "p_value", "anomalous", "error", "start_s", "end_s")
_EVENT = ("kind", "start_s", "end_s", "peak")


def file_row(file: str, result: Result) -> Row:
    """Return the row of a file, or of a window of it."""
    return {"file": file, **{name: getattr(result, name) for name in _COLUMNS}}


def failed_row(file: str, error: str) -> Row:
    """Return the row of a file without any score."""
    return {"file": file, **dict.fromkeys(_COLUMNS), "error": error}


def stream_row(result: Result) -> Row:
    """Return the row of a window of a stream, with its event."""
    return {**{name: getattr(result, name) for name in _COLUMNS}, "event": _event(result.event)}


def end_row(event: Event) -> Row:
    """Return the row of an event that ends with the stream."""
    return {**dict.fromkeys(_COLUMNS), "event": _event(event)}


def write_json(out: TextIO) -> Write:
    """Return what writes one JSON object per line."""

    def write(row: Row) -> None:
        out.write(json.dumps(row) + "\n")
        out.flush()

    return write


def write_csv(out: TextIO, *, stream: bool) -> Write:
    """Return what writes CSV below a head: the columns of ``offkey score``, or of a stream with the event's."""
    writer = csv.writer(out, lineterminator="\n")
    event_columns = ("event", *(f"event_{name}" for name in _EVENT[1:])) if stream else ()
    writer.writerow([*(() if stream else ("file",)), *_COLUMNS, *event_columns])

    def write(row: Row) -> None:
        event = row.get("event") or {}
        cells = [int(cell) if isinstance(cell, bool) else cell for name, cell in row.items() if name != "event"]
        writer.writerow([*cells, *(event.get(name) for name in _EVENT)] if stream else cells)
        out.flush()

    return write


def _event(event: Event | None) -> Row | None:
    return None if event is None else {name: getattr(event, name) for name in _EVENT}
