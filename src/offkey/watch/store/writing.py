"""Rows of the stages to rows of the tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import groupby
from typing import Any, TypeAlias

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from offkey.watch.health.events import Change
from offkey.watch.minutes import Minute
from offkey.watch.rows import (
    Act,
    Candidate,
    Clip,
    Explanation,
    HealthPoint,
    LifeStep,
    Message,
    Recording,
    Review,
    StateChange,
)
from offkey.watch.store import tables

__all__ = ["Row", "insert_messages", "insert_rows"]

Row: TypeAlias = (
    Act | Candidate | Change | Clip | Explanation | HealthPoint | LifeStep | Minute | Recording | Review | StateChange
)

_TABLES: dict[type, Table] = {
    Act: tables.acts,
    Candidate: tables.candidates,
    Change: tables.changes,
    Clip: tables.clips,
    Explanation: tables.explanations,
    HealthPoint: tables.health,
    LifeStep: tables.lifecycle,
    Minute: tables.newest_minutes,
    Recording: tables.recordings,
    Review: tables.reviews,
    StateChange: tables.source_states,
}

_RENEWED = {Clip, Explanation, HealthPoint}  # a new row takes the place of one with its key


def insert_rows(connection: Connection, rows: Iterable[Row]) -> None:
    """Insert rows in their order."""
    dialect = _dialect(connection)
    for kind, alike in groupby(rows, type):
        table, values = _TABLES[kind], [_values(row) for row in alike]
        statement = dialect.insert(table)
        if kind in _RENEWED:
            new = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
            statement = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=new)
        connection.execute(statement, values)


def insert_messages(connection: Connection, messages: Sequence[Message]) -> None:
    """Insert messages, but none whose key is there already."""
    dialect = _dialect(connection)
    for message in messages:
        query = dialect.insert(tables.outbox).values(_values(message))
        connection.execute(query.on_conflict_do_nothing(index_elements=["key"]))


def _dialect(connection: Connection) -> Any:
    """Return the dialect whose `insert` knows conflicts."""
    return sqlite if connection.dialect.name == "sqlite" else postgresql


def _values(row: Any) -> dict[str, Any]:
    """Return the fields of a row, without NaN, which databases treat each in its own way."""
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    return {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in values.items()}
