"""Messages on their way out: written with what they are about, and marked once they were sent."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select, update

from offkey.watch.store.database import Database
from offkey.watch.store.tables import outbox

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

    def pending(self, channel: str, *, limit: int = 1000) -> list[dict[str, Any]]:
        """Return the messages of a channel that were not sent yet, in their order, also those that are not due."""
        query = select(outbox).where(outbox.c.status == "pending", outbox.c.channel == channel)
        return self._database.rows(query.order_by(outbox.c.seq).limit(limit))

    def counts(self) -> list[dict[str, Any]]:
        """Return the number of messages by `channel` and `status`, and when the `oldest` of them was created."""
        number, oldest = func.count().label("number"), func.min(outbox.c.created).label("oldest")
        query = select(outbox.c.channel, outbox.c.status, number, oldest)
        return self._database.rows(query.group_by(outbox.c.channel, outbox.c.status))

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

    def give_up_except(self, channels: Collection[str], error: str) -> None:
        """Keep that the pending messages of all but some channels are tried no more."""
        others = outbox.c.channel.not_in(list(channels))
        with self._database.writing() as connection:
            query = update(outbox).where(outbox.c.status == "pending", others)
            connection.execute(query.values(status="failed", error=error))

    def _update(self, ident: str, **values: Any) -> None:
        with self._database.writing() as connection:
            connection.execute(update(outbox).where(outbox.c.id == ident).values(**values))
