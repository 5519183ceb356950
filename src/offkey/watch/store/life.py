"""Rows about the life of machines and alarms, which people write: steps, reviews, acts, candidates, settings."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, delete, func, insert, select, update

from offkey.watch.store.database import Database
from offkey.watch.store.tables import acts, candidates, lifecycle, reviews, settings

__all__ = ["MONITOR", "LifeRows"]

MONITOR = "monitor"
"""Key of the setting that holds the address at which the monitor answers; empty while none runs."""


class LifeRows:
    """Reads and changes them; new ones are added by `Store.add`.

    Parameters
    ----------
    database : Database
        Where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def steps(self, machine: str | None = None, *, after: int = 0) -> list[dict[str, Any]]:
        """Return the steps of a machine, or of all, after a `seq`, in their order."""
        return self._after(lifecycle, after, machine=machine)

    def newest_steps(self) -> dict[str, dict[str, Any]]:
        """Return the step of each machine that counts, by the name of the machine."""
        newest = select(func.max(lifecycle.c.seq)).group_by(lifecycle.c.machine)
        rows = self._database.rows(select(lifecycle).where(lifecycle.c.seq.in_(newest)))
        return {row["machine"]: row for row in rows}

    def reviews(self, event: str | None = None, *, after: int = 0) -> list[dict[str, Any]]:
        """Return the reviews of an event, or of all, after a `seq`, in their order; the newest of an event counts."""
        return self._after(reviews, after, event=event)

    def acts(self, *, after: int = 0) -> list[dict[str, Any]]:
        """Return what was acknowledged and shelved after a `seq`, in order."""
        return self._after(acts, after)

    def candidates(self, machine: str | None = None) -> list[dict[str, Any]]:
        """Return the candidates of a machine, or of all, the newest first."""
        query = select(candidates).order_by(candidates.c.at.desc())
        if machine is not None:
            query = query.where(candidates.c.machine == machine)
        return self._database.rows(query)

    def update_candidate(self, ident: str, **values: Any) -> None:
        """Change fields of a candidate, such as `replay`, or `verdict` with `by` and `decided_at`."""
        with self._database.writing() as connection:
            connection.execute(update(candidates).where(candidates.c.id == ident).values(**values))

    def setting(self, key: str) -> str | None:
        """Return a value that belongs to the plant; None where it was never set."""
        rows = self._database.rows(select(settings.c.value).where(settings.c.key == key))
        return rows[0]["value"] if rows else None

    def set_setting(self, key: str, value: str) -> None:
        """Set a value that belongs to the plant."""
        with self._database.writing() as connection:
            connection.execute(delete(settings).where(settings.c.key == key))
            connection.execute(insert(settings).values(key=key, value=value))

    def _after(self, table: Table, after: int, **equal: str | None) -> list[dict[str, Any]]:
        query = select(table).where(table.c.seq > after)
        for column, value in equal.items():
            if value is not None:
                query = query.where(table.c[column] == value)
        return self._database.rows(query.order_by(table.c.seq))
