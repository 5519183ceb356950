"""The tables of the database."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, LargeBinary, MetaData, String, Table

__all__ = ["VERSION", "changes", "metadata", "minutes", "recordings", "source_states"]

VERSION = 1
"""Number of the form of the tables."""

metadata = MetaData()

minutes = Table(
    "minutes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("machine", String, nullable=False),
    Column("model", String, nullable=False),
    Column("minute", Integer, nullable=False),
    Column("windows", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("lowest", Double),
    Column("mean", Double),
    Column("highest", Double),
    Column("surprises", LargeBinary),
    Index("minutes_of_machine", "machine", "minute"),
)

changes = Table(
    "changes",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("event", String, nullable=False, index=True),
    Column("machine", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("path", String, nullable=False),
    Column("at", Double, nullable=False),
    Column("began", Double, nullable=False),
    Column("ended", Double),
    Column("peak", Double, nullable=False),
    Column("model", String, nullable=False),
    Column("level", String),
    Column("state", String),
    Column("scope", String),
    Column("area", String),
    sqlite_autoincrement=True,  # a number is never given twice
)

recordings = Table(
    "recordings",
    metadata,
    Column("machine", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("error", String),
)

source_states = Table(
    "source_states",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("machine", String, nullable=False),
    Column("at", Double, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False),
    Index("states_of_machine", "machine", "seq"),
    sqlite_autoincrement=True,
)
