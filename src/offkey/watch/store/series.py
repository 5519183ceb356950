"""The rows of minutes, in two tables: the newest as they come, and all others by machine and time."""

from __future__ import annotations

import math
import operator
from collections import Counter
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from offkey.watch.store.database import Database
from offkey.watch.store.tables import minutes, newest_minutes

__all__ = ["Series", "move_minutes"]

_MINUTE_S = 60
_TOGETHER = 2400  # rows that are moved together: two hours of 20 machines
_OF_SHADOW = ("surprises", "sounds")
_COLUMNS = [column.name for column in minutes.c if column.name != "id"]


class Series:
    """Reads minutes, wherever they are.

    Parameters
    ----------
    database : Database
        Where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, machine: str, *, limit: int) -> list[dict[str, Any]]:
        """Return the newest rows of a machine, the newest first, without the surprises."""
        found: list[dict[str, Any]] = []
        with self._database.reading() as connection:  # one snapshot, since rows move from table to table
            for table in (newest_minutes, minutes):
                columns = [table.c[name] for name in _COLUMNS if name not in _OF_SHADOW]
                query = select(*columns).where(table.c.machine == machine)
                query = query.order_by(table.c.minute.desc(), table.c.id.desc()).limit(limit)
                found += [dict(row) for row in connection.execute(query).mappings()]
        return sorted(found, key=itemgetter("minute"), reverse=True)[:limit]

    def between(self, machine: str, since: float, until: float, *, most: int) -> list[dict[str, Any]]:
        """Return the scores of a machine between two times, in order, joined so that there are at most `most` rows.

        Returns
        -------
        list of dict
            `at` and `seconds` of each stretch, `lowest`, `mean` and `highest` of its scores (None where none is known),
            `windows` and `failed`, and the `state` of most windows, None where states are not known.
        """
        step = max(_MINUTE_S, math.ceil((until - since) / most / _MINUTE_S) * _MINUTE_S)
        stretches, states = dict[int, dict[str, Any]](), dict[int, Counter[str | None]]()
        with self._database.reading() as connection:
            for table in (minutes, newest_minutes):
                begin = (table.c.minute - table.c.minute % step).label("at")
                scored = table.c.windows - table.c.failed
                query = select(
                    begin,
                    table.c.state,
                    func.min(table.c.lowest).label("lowest"),
                    func.max(table.c.highest).label("highest"),
                    func.sum(table.c.mean * scored).label("total"),
                    func.sum(table.c.windows).label("windows"),
                    func.sum(table.c.failed).label("failed"),
                )
                query = query.where(table.c.machine == machine, table.c.minute >= since, table.c.minute < until)
                for row in connection.execute(query.group_by(begin, table.c.state)).mappings():
                    stretches[row["at"]] = _joined(stretches.get(row["at"]), dict(row))
                    states.setdefault(row["at"], Counter())[row["state"]] += row["windows"]
        return [_stretch(stretches[at], step, states[at]) for at in sorted(stretches)]

    def shadow(self, machine: str, model: str, *, since: float) -> list[tuple[bytes, bytes | None]]:
        """Return surprises and sounds of the minutes of a shadow since a time, in the order of time."""
        found: list[Any] = []
        with self._database.reading() as connection:
            for table in (minutes, newest_minutes):
                query = select(table.c.minute, table.c.surprises, table.c.sounds).where(
                    table.c.machine == machine,
                    table.c.model == model,
                    table.c.minute >= since,
                    table.c.surprises.is_not(None),
                )
                found += connection.execute(query.order_by(table.c.minute, table.c.id))
        return [(row.surprises, row.sounds) for row in sorted(found, key=lambda row: row.minute)]


def _joined(one: dict[str, Any] | None, other: dict[str, Any]) -> dict[str, Any]:
    """Return two parts of a stretch as one."""
    if one is None:
        return other
    joins = {"lowest": min, "highest": max, "total": operator.add, "windows": operator.add, "failed": operator.add}

    def join(name: str, by: Any) -> Any:
        known = [part[name] for part in (one, other) if part[name] is not None]
        return by(*known) if len(known) == 2 else (known or [None])[0]

    return {"at": one["at"], **{name: join(name, by) for name, by in joins.items()}}


def _stretch(row: dict[str, Any], step: int, states: Counter[str | None]) -> dict[str, Any]:
    scored = row["windows"] - row["failed"]
    mean = row["total"] / scored if scored and row["total"] is not None else None
    return {
        "at": row["at"],
        "seconds": step,
        "lowest": row["lowest"],
        "mean": mean,
        "highest": row["highest"],
        "windows": row["windows"],
        "failed": row["failed"],
        "state": states.most_common(1)[0][0],
    }


def move_minutes(connection: Connection) -> None:
    """Move the newest minutes to all others once they are many: pages of a machine are then written once for all."""
    count = connection.execute(select(func.count()).select_from(newest_minutes)).scalar_one()
    if count < _TOGETHER:
        return
    columns = [newest_minutes.c[name] for name in _COLUMNS]
    in_order = select(*columns).order_by(newest_minutes.c.machine, newest_minutes.c.minute, newest_minutes.c.id)
    connection.execute(insert(minutes).from_select(_COLUMNS, in_order))
    connection.execute(delete(newest_minutes))
