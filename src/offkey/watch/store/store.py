"""The store of a plant: what was found, written whole or not at all, and read while it is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from offkey.errors import OffkeyError
from offkey.watch.findings import Findings
from offkey.watch.state.shadow_rows import ShadowRows
from offkey.watch.store.address import Address, address_of
from offkey.watch.store.database import Database
from offkey.watch.store.event_rows import IS_NEWEST, EventRows
from offkey.watch.store.life import LifeRows
from offkey.watch.store.outbox import Outbox
from offkey.watch.store.postgres import PostgresDatabase
from offkey.watch.store.series import Series, move_minutes
from offkey.watch.store.sqlite import SqliteDatabase
from offkey.watch.store.tables import changes, clips, explanations, health, recordings, source_states
from offkey.watch.store.writing import Row, insert_messages, insert_rows

__all__ = ["Store", "open_store"]

_TOGETHER = 500  # names in one query


def open_store(database: str, folder: Path, *, read_only: bool = False, check: bool = True) -> Store:
    """Open the store of a plant.

    Parameters
    ----------
    database : str
        As the file of the plant names it: a file, or a URL of PostgreSQL.
    folder : Path
        Where relative paths start: the folder of that file.
    read_only, check : bool
        As in `Store`.

    Raises
    ------
    OffkeyError
        As `Store` raises it, or if the URL cannot be read.
    """
    return Store(address_of(database, folder), read_only=read_only, check=check)


class Store:
    """Minutes, events and all else that is kept of a plant.

    `outbox` holds its messages, `life` what people wrote about its machines and alarms; `event_rows` counts events.

    Parameters
    ----------
    address : Path or URL
        A file of SQLite, which is made where it is not there, in a folder that exists; or a database of PostgreSQL.
    read_only : bool, default False
        Whether nothing is to be written, and a monitor must have made it before.
    check : bool, default True
        Whether to look at the whole file first, which takes seconds where it is large and its disk slow; a command
        beside a monitor leaves that to it.

    Raises
    ------
    OffkeyError
        If it cannot be opened, is damaged, or comes of a later version of offkey.
    """

    def __init__(self, address: Address, *, read_only: bool = False, check: bool = True) -> None:
        self.database: Database
        if isinstance(address, Path):
            if read_only and not address.is_file():
                raise OffkeyError(f"The database {address} is not there: start 'offkey watch' with this plant first.")
            self.database = SqliteDatabase(address)
        else:
            self.database = PostgresDatabase(address)
        self.database.open(read_only=read_only, check=check and not read_only)
        self.outbox, self.life, self._series = Outbox(self.database), LifeRows(self.database), Series(self.database)
        self.event_rows = EventRows(self.database)

    def write(self, findings: Findings) -> None:
        """Keep what was found, all of it or nothing.

        What is urgent outlasts a loss of power as soon as it is written; minutes outlast the end of the process, and
        reach the disk with the next that is urgent or when the system writes its pages, usually within 30 s.

        Parameters
        ----------
        findings : Findings
            What the stages found.

        Raises
        ------
        OffkeyError
            If the database cannot be written, such as on a full disk.
        """
        with self.database.writing(durable=findings.is_urgent) as connection:
            for rows in (
                findings.changes,
                findings.minutes,
                findings.recordings,
                findings.states,
                findings.health,
                findings.explanations,
                findings.clips,
                findings.steps,
            ):
                insert_rows(connection, rows)
            insert_messages(connection, findings.messages)
            if findings.minutes:
                move_minutes(connection)

    def add(self, *rows: Row) -> None:
        """Keep rows of any kind, all of them or none.

        Raises
        ------
        OffkeyError
            If the database cannot be written.
        """
        with self.database.writing() as connection:
            insert_rows(connection, rows)

    def events(
        self, *, limit: int = 100, after: int = 0, machine: str | None = None, since: float | None = None
    ) -> list[dict[str, Any]]:
        """Return events as they are now.

        Parameters
        ----------
        limit : int, default 100
            How many at most: the newest.
        after : int, default 0
            Only events that changed after the change of this `seq`.
        machine : str, optional
            Only events of this machine.
        since : float, optional
            Only events that began then or later, in seconds since 1970 UTC.

        Returns
        -------
        list of dict
            One per event, the one that changed last first: `seq`, and the fields of its newest `Change`.
        """
        query = select(changes).where(changes.c.seq > after, IS_NEWEST)
        if machine is not None:
            query = query.where(changes.c.machine == machine)
        if since is not None:
            query = query.where(changes.c.began >= since)
        return self.database.rows(query.order_by(changes.c.seq.desc()).limit(limit))

    def events_named(self, letters: str, *, limit: int = 2) -> list[dict[str, Any]]:
        """Return events whose identity begins with some letters, at most `limit` of them, as `events` does."""
        query = select(changes).where(changes.c.event.startswith(letters, autoescape=True), IS_NEWEST)
        return self.database.rows(query.order_by(changes.c.seq.desc()).limit(limit))

    def newest_events(self) -> dict[str, dict[str, Any]]:
        """Return the event of each machine that changed last, by its machine."""
        newest = select(func.max(changes.c.seq)).group_by(changes.c.machine)
        return {row["machine"]: row for row in self.database.rows(select(changes).where(changes.c.seq.in_(newest)))}

    def event_counts(self) -> dict[str, int]:
        """Return the number of events of each machine so far."""
        query = select(changes.c.machine, func.count().label("number")).where(changes.c.kind == "new")
        return {row["machine"]: row["number"] for row in self.database.rows(query.group_by(changes.c.machine))}

    def changes(self, event: str) -> list[dict[str, Any]]:
        """Return all that happened to an event, in order: `seq`, and the fields of `Change`."""
        return self.database.rows(select(changes).where(changes.c.event == event).order_by(changes.c.seq))

    def explanation(self, event: str) -> dict[str, Any] | None:
        """Return the explanation of an event, as the fields of `Explanation`."""
        rows = self.database.rows(select(explanations).where(explanations.c.event == event))
        return rows[0] if rows else None

    def clips(self, event: str) -> list[dict[str, Any]]:
        """Return the clips of an event in the order of time, as the fields of `Clip`, with those that were removed."""
        return self.database.rows(select(clips).where(clips.c.event == event).order_by(clips.c.began))

    def evidence(self, events: Sequence[str]) -> tuple[dict[str, list[dict[str, Any]]], dict[str, dict[str, Any]]]:
        """Return the clips of some events, and their explanations, each by its event."""
        of_clips = select(clips).where(clips.c.event.in_(events)).order_by(clips.c.began)
        of_explanations = select(explanations).where(explanations.c.event.in_(events))
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.database.rows(of_clips):
            found.setdefault(row["event"], []).append(row)
        return found, {row["event"]: row for row in self.database.rows(of_explanations)}

    def health(self, machine: str, *, since: float = 0.0) -> list[dict[str, Any]]:
        """Return the health of a machine since a time, in order, as the fields of `HealthPoint`."""
        query = select(health).where(health.c.machine == machine, health.c.at >= since)
        return self.database.rows(query.order_by(health.c.at))

    def shadow(self, machine: str, model: str, *, since: float = 0.0) -> ShadowRows:
        """Return the shadow of a machine with a model, from the first minute that begins at `since` or later."""
        return ShadowRows(self._series.shadow(machine, model, since=since))

    def minutes(self, machine: str, *, limit: int = 1440) -> list[dict[str, Any]]:
        """Return the newest rows of a machine, the newest first: the fields of `Minute` without the surprises."""
        return self._series.newest(machine, limit=limit)

    def scores(self, machine: str, since: float, until: float, *, most: int = 1000) -> list[dict[str, Any]]:
        """Return the scores of a machine between two times, joined to at most `most` stretches: `Series.between`."""
        return self._series.between(machine, since, until, most=most)

    def taken(self, machine: str, names: Sequence[str] | None = None) -> set[str]:
        """Return the recordings of a machine that were taken, as `End.recording` names them.

        Parameters
        ----------
        machine : str
            Its name.
        names : sequence of str, optional
            Only of these; by default of all.
        """
        query, found = select(recordings.c.name).where(recordings.c.machine == machine), set[str]()
        if names is None:
            return {row["name"] for row in self.database.rows(query)}
        for some in (names[begin : begin + _TOGETHER] for begin in range(0, len(names), _TOGETHER)):
            found |= {row["name"] for row in self.database.rows(query.where(recordings.c.name.in_(some)))}
        return found

    def source_states(self, *, limit: int = 100, after: int = 0) -> list[dict[str, Any]]:
        """Return changes of the states of sources, the newest first.

        Parameters
        ----------
        limit : int, default 100
            How many at most.
        after : int, default 0
            Only those after the change of this `seq`.

        Returns
        -------
        list of dict
            `seq`, `machine`, `at` in seconds since 1970 UTC, `state` and `reason`.
        """
        query = select(source_states).where(source_states.c.seq > after)
        return self.database.rows(query.order_by(source_states.c.seq.desc()).limit(limit))

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()
