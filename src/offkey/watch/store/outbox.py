"""Messages on their way out: written with what they are about, and marked once they were sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from offkey.watch.rows import Message
from offkey.watch.store.database import Database
from offkey.watch.store.tables import outbox
from offkey.watch.store.writing import insert_messages

__all__ = ["Outbox"]


class Outbox:
    """The table of messages; times are in seconds since 1970 UTC.

    Parameters
    ----------
    database : Database
        Where it is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, messages: Sequence[Message]) -> None:
        """Keep messages that are about no change, such as a digest; one whose key is there already is left out."""
        with self._database.writing() as connection:
            insert_messages(connection, messages, {})

    def due(self, now: float, *, limit: int = 100) -> list[dict[str, Any]]:
        """Return pending messages that are due, the one that has waited longest first."""
        query = select(outbox).where(outbox.c.status == "pending", outbox.c.due <= now)
        return self._database.rows(query.order_by(outbox.c.due, outbox.c.seq).limit(limit))

    def messages(
        self, *, status: str | None = None, event: str | None = None, after: int = 0, limit: int = 100
    ) -> list[dict[str, Any]]:
        """Return messages, the newest first.

        Parameters
        ----------
        status : {"pending", "sent", "failed", "held"}, optional
            Only those that came so far.
        event : str, optional
            Only those about this event.
        after : int, default 0
            Only those after this `seq`.
        limit : int, default 100
            How many at most.

        Returns
        -------
        list of dict
            With `seq` and the fields of `Message`.
        """
        query = select(outbox).where(outbox.c.seq > after)
        if status is not None:
            query = query.where(outbox.c.status == status)
        if event is not None:
            query = query.where(outbox.c.event == event)
        return self._database.rows(query.order_by(outbox.c.seq.desc()).limit(limit))

    def mark_sent(self, ident: str, at: float) -> None:
        """Keep that a message arrived."""
        self._update(ident, status="sent", sent_at=at, tries=outbox.c.tries + 1, error=None)

    def postpone(self, ident: str, due: float, error: str) -> None:
        """Keep that a try failed, and when the next one is."""
        self._update(ident, due=due, tries=outbox.c.tries + 1, error=error)

    def give_up(self, ident: str, error: str) -> None:
        """Keep that a message is tried no more."""
        self._update(ident, status="failed", tries=outbox.c.tries + 1, error=error)

    def hold(self, ident: str, reason: str) -> None:
        """Hold a message back, for a digest to list."""
        self._update(ident, status="held", reason=reason)

    def _update(self, ident: str, **values: Any) -> None:
        with self._database.writing() as connection:
            connection.execute(update(outbox).where(outbox.c.id == ident).values(**values))
