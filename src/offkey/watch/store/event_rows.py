"""Answers about the events of a plant that are found in the database, so that few of its rows are read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, distinct, exists, func, select

from offkey.watch.store.database import Database
from offkey.watch.store.tables import acts, changes, reviews

__all__ = ["IS_NEWEST", "EventRows"]

_later = changes.alias("later")
IS_NEWEST = ~exists().where(_later.c.event == changes.c.event, _later.c.seq > changes.c.seq)
"""Holds for the newest change of each event; it is looked up row by row, so that a few events cost no look at all."""

_IS_REVIEWED = exists().where(reviews.c.event == changes.c.event)


class EventRows:
    """Counts events and finds those that people wait for; `Store.events` lists all.

    Parameters
    ----------
    database : Database
        Where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def going_on(self) -> dict[str, dict[str, Any]]:
        """Return the event of each machine that goes on and changed last, by the machine, as `Store.events` does."""
        query = select(changes).where(changes.c.kind != "end", IS_NEWEST).order_by(changes.c.seq)
        return {row["machine"]: row for row in self._database.rows(query)}

    def to_review(self, *, limit: int) -> list[dict[str, Any]]:
        """Return the newest events that nobody reviewed, the newest first, each with `acknowledged`."""
        seen = exists().where(acts.c.what == "acknowledge", acts.c.event == changes.c.event)
        query = select(changes, seen.label("acknowledged")).where(~_IS_REVIEWED, IS_NEWEST)
        rows = self._database.rows(query.order_by(changes.c.seq.desc()).limit(limit))
        return [{**row, "acknowledged": bool(row["acknowledged"])} for row in rows]

    def to_review_counts(self) -> dict[str, int]:
        """Return how many events of each machine nobody reviewed; none of a machine without one."""
        return self._counts(~_IS_REVIEWED)

    def begun(self, since: float, until: float) -> dict[str, int]:
        """Return how many events of each machine began between two times, in seconds since 1970 UTC."""
        return self._counts(changes.c.began >= since, changes.c.began < until, IS_NEWEST)

    def own(self, machine: str, *, since: float) -> dict[str, str | None]:
        """Return the newest verdict on each event that is a machine's own and began since a time, None without one.

        Those that belong to a change of the surroundings are not.
        """
        judged = reviews.alias("judged")
        newest = select(func.max(judged.c.seq)).where(judged.c.event == changes.c.event).scalar_subquery()
        query = (
            select(changes.c.event, reviews.c.verdict)
            .select_from(changes.outerjoin(reviews, reviews.c.seq == newest))
            .where(changes.c.machine == machine, changes.c.began >= since, IS_NEWEST)
            .where(changes.c.scope == "machine", changes.c.area.is_(None))
        )
        return {row["event"]: row["verdict"] for row in self._database.rows(query)}

    def _counts(self, *conditions: ColumnElement[bool]) -> dict[str, int]:
        number = func.count(distinct(changes.c.event)).label("number")
        query = select(changes.c.machine, number).where(*conditions).group_by(changes.c.machine)
        return {row["machine"]: row["number"] for row in self._database.rows(query)}
