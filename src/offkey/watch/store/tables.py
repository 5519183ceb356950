"""The tables of the database; `migrations` makes them. Times are in seconds since 1970 UTC, `seq` rises."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, Index, Integer, LargeBinary, MetaData, String, Table

__all__ = [
    "acts",
    "candidates",
    "changes",
    "clips",
    "explanations",
    "health",
    "lifecycle",
    "metadata",
    "minutes",
    "newest_minutes",
    "outbox",
    "recordings",
    "reviews",
    "settings",
    "source_states",
]

metadata = MetaData()


def _seq() -> Column[int]:
    return Column("seq", Integer, primary_key=True)


def _text(name: str, **options: Any) -> Column[str]:
    return Column(name, String, **{"nullable": False, **options})


def _time(name: str, *, nullable: bool = False) -> Column[float]:
    return Column(name, Double, nullable=nullable)


def _details(name: str) -> Column[Any]:
    return Column(name, JSON, nullable=False)


def _of_a_minute() -> list[Column[Any]]:
    return [
        Column("id", Integer, primary_key=True),
        _text("machine"),
        _text("model"),
        Column("minute", BigInteger, nullable=False),
        Column("windows", Integer, nullable=False),
        Column("failed", Integer, nullable=False),
        Column("lowest", Double),
        Column("mean", Double),
        Column("highest", Double),
        Column("surprises", LargeBinary),
        Column("sounds", LargeBinary),
        _text("state", nullable=True),
        Column("seconds", Integer, nullable=False),
    ]


minutes = Table("minutes", metadata, *_of_a_minute(), Index("minutes_of_machine", "machine", "minute"))

newest_minutes = Table("newest_minutes", metadata, *_of_a_minute())
"""Minutes that wait to be moved together: without an index, a minute of all machines is one page and not one each."""

changes = Table(
    "changes",
    metadata,
    _seq(),
    _text("event", index=True),
    _text("machine"),
    _text("kind"),
    _text("path"),
    _time("at"),
    _time("began"),
    _time("ended", nullable=True),
    Column("peak", Double, nullable=False),
    _text("model"),
    _text("level"),
    _text("state", nullable=True),
    _text("scope"),
    _text("area", nullable=True),
    sqlite_autoincrement=True,  # a number is never given twice
)

recordings = Table(
    "recordings",
    metadata,
    _text("machine", primary_key=True),
    _text("name", primary_key=True),
    _text("error", nullable=True),
)

source_states = Table(
    "source_states",
    metadata,
    _seq(),
    _text("machine"),
    _time("at"),
    _text("state"),
    _text("reason"),
    Index("states_of_machine", "machine", "seq"),
    sqlite_autoincrement=True,
)

health = Table(
    "health",
    metadata,
    _text("machine", primary_key=True),
    Column("at", Double, primary_key=True),
    Column("index", Double),
    _text("level"),
    Column("days", Double, nullable=False),
)

explanations = Table(
    "explanations",
    metadata,
    _text("event", primary_key=True),
    _time("at"),
    _text("sentence"),
    _details("details"),
)

clips = Table(
    "clips",
    metadata,
    _text("path", primary_key=True),
    _text("event", index=True),
    _time("began"),
    _time("ended"),
    Column("rate", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    _text("sha256"),
    _time("removed_at", nullable=True),
    _text("reason", nullable=True),
)

outbox = Table(
    "outbox",
    metadata,
    _seq(),
    _text("id", unique=True),
    _text("key", unique=True),
    _text("channel"),
    _text("kind"),
    _text("event", nullable=True),
    _details("payload"),
    _time("created"),
    _time("due"),
    _text("status"),
    _text("reason", nullable=True),
    Column("tries", Integer, nullable=False),
    _time("sent_at", nullable=True),
    _text("error", nullable=True),
    Index("outbox_due", "status", "due"),
    sqlite_autoincrement=True,
)

lifecycle = Table(
    "lifecycle",
    metadata,
    _seq(),
    _text("machine", index=True),
    _time("at"),
    _text("step"),
    _text("by"),
    _text("comment"),
    _details("details"),
    sqlite_autoincrement=True,
)

reviews = Table(
    "reviews",
    metadata,
    _seq(),
    _text("event", index=True),
    _time("at"),
    _text("verdict"),
    _text("by"),
    _text("comment"),
    Column("join_normal", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

acts = Table(
    "acts",
    metadata,
    _seq(),
    _time("at"),
    _text("what"),
    _text("by"),
    _text("event", nullable=True),
    _text("machine", nullable=True),
    _time("until", nullable=True),
    _text("reason"),
    sqlite_autoincrement=True,
)

candidates = Table(
    "candidates",
    metadata,
    _text("id", primary_key=True),
    _text("machine", index=True),
    _time("at"),
    _text("model_path"),
    _text("digest"),
    Column("clips", Integer, nullable=False),
    _details("replay"),
    _text("verdict", nullable=True),
    _text("by", nullable=True),
    _time("decided_at", nullable=True),
)

settings = Table("settings", metadata, _text("key", primary_key=True), _text("value"))
