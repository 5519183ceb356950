"""Minutes, changes of events, recordings and states of sources."""

from alembic import op
from sqlalchemy import BigInteger, Column, Double, Integer, LargeBinary, String

revision = "v0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "minutes",
        Column("id", Integer, primary_key=True),
        Column("machine", String, nullable=False),
        Column("model", String, nullable=False),
        Column("minute", BigInteger, nullable=False),
        Column("windows", Integer, nullable=False),
        Column("failed", Integer, nullable=False),
        Column("lowest", Double),
        Column("mean", Double),
        Column("highest", Double),
        Column("surprises", LargeBinary),
    )
    op.create_index("minutes_of_machine", "minutes", ["machine", "minute"])
    op.create_table(
        "changes",
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
        sqlite_autoincrement=True,
    )
    op.create_table(
        "recordings",
        Column("machine", String, primary_key=True),
        Column("name", String, primary_key=True),
        Column("error", String),
    )
    op.create_table(
        "source_states",
        Column("seq", Integer, primary_key=True),
        Column("machine", String, nullable=False),
        Column("at", Double, nullable=False),
        Column("state", String, nullable=False),
        Column("reason", String, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("states_of_machine", "source_states", ["machine", "seq"])
