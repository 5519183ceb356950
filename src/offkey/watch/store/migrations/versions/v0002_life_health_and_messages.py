"""Levels of events; health, explanations, clips, messages, the life of machines, reviews, candidates and settings."""

from typing import Any

from alembic import op
from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, Integer, LargeBinary, String

revision = "v0002"
down_revision = "v0001"

_OLDER_VERSIONS_REFUSE = "PRAGMA user_version = 2"


def upgrade() -> None:
    """Add columns to the tables of events and minutes, and make the new ones."""
    _events_and_minutes()
    _evidence()
    _messages()
    _life()
    if op.get_context().dialect.name == "sqlite":
        op.execute(_OLDER_VERSIONS_REFUSE)


def _seq() -> Column[int]:
    return Column("seq", Integer, primary_key=True)


def _text(name: str, **options: Any) -> Column[str]:
    return Column(name, String, **{"nullable": False, **options})


def _events_and_minutes() -> None:
    op.add_column("changes", _text("level", server_default="warning"))
    op.execute("UPDATE changes SET level = 'watch' WHERE path = 'slow'")
    op.add_column("changes", _text("state", nullable=True))
    op.add_column("changes", _text("scope", server_default="machine"))
    op.add_column("changes", _text("area", nullable=True))
    op.add_column("minutes", Column("sounds", LargeBinary))
    op.add_column("minutes", _text("state", nullable=True))
    op.add_column("minutes", Column("seconds", Integer, nullable=False, server_default="60"))
    op.create_table(
        "newest_minutes",
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
    )


def _evidence() -> None:
    op.create_table(
        "health",
        _text("machine", primary_key=True),
        Column("at", Double, primary_key=True),
        Column("index", Double),
        _text("level"),
        Column("days", Double, nullable=False),
    )
    op.create_table(
        "explanations",
        _text("event", primary_key=True),
        Column("at", Double, nullable=False),
        _text("sentence"),
        Column("details", JSON, nullable=False),
    )
    op.create_table(
        "clips",
        _text("path", primary_key=True),
        _text("event", index=True),
        Column("began", Double, nullable=False),
        Column("ended", Double, nullable=False),
        Column("rate", Integer, nullable=False),
        Column("bytes", BigInteger, nullable=False),
        _text("sha256"),
        Column("removed_at", Double),
        _text("reason", nullable=True),
    )


def _messages() -> None:
    op.create_table(
        "outbox",
        _seq(),
        _text("id", unique=True),
        _text("key", unique=True),
        _text("channel"),
        _text("kind"),
        _text("event", nullable=True),
        Column("payload", JSON, nullable=False),
        Column("created", Double, nullable=False),
        Column("due", Double, nullable=False),
        _text("status"),
        _text("reason", nullable=True),
        Column("tries", Integer, nullable=False),
        Column("sent_at", Double),
        _text("error", nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_due", "outbox", ["status", "due"])


def _life() -> None:
    op.create_table(
        "lifecycle",
        _seq(),
        _text("machine", index=True),
        Column("at", Double, nullable=False),
        _text("step"),
        _text("by"),
        _text("comment"),
        Column("details", JSON, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reviews",
        _seq(),
        _text("event", index=True),
        Column("at", Double, nullable=False),
        _text("verdict"),
        _text("by"),
        _text("comment"),
        Column("join_normal", Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "acts",
        _seq(),
        Column("at", Double, nullable=False),
        _text("what"),
        _text("by"),
        _text("event", nullable=True),
        _text("machine", nullable=True),
        Column("until", Double),
        _text("reason"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "candidates",
        _text("id", primary_key=True),
        _text("machine", index=True),
        Column("at", Double, nullable=False),
        _text("model_path"),
        _text("digest"),
        Column("clips", Integer, nullable=False),
        Column("replay", JSON, nullable=False),
        _text("verdict", nullable=True),
        _text("by", nullable=True),
        Column("decided_at", Double),
    )
    op.create_table("settings", _text("key", primary_key=True), _text("value"))
