"""The database: one writer, any number of readers, and nothing half-written."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, insert, select
from sqlalchemy.exc import DBAPIError

from offkey.errors import OffkeyError
from offkey.watch.machine import Findings
from offkey.watch.store.tables import VERSION, changes, metadata, minutes, recordings, source_states

__all__ = ["Store"]

_BUSY_MS = 10_000  # that a reader or writer waits for another
_WAL_BYTES = 64 * 1024 * 1024


class Store:
    """Minutes, events and recordings in an SQLite file.

    Written ahead to a log (WAL), so that readers and the writer do not wait for each other; a transaction of the
    writer takes the lock at its begin, since a lock that is asked for later can be refused. Each is on the disk when
    `write` returns; there are a few an hour.

    Parameters
    ----------
    path : Path
        The file; it is made where it is not there, its folder must exist.
    read_only : bool, default False
        Whether nothing is to be written, and the file must be there.

    Raises
    ------
    OffkeyError
        If it cannot be opened, is damaged, or comes of another version of offkey.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        if read_only and not path.is_file():
            raise OffkeyError(f"The database {path} is not there: start 'offkey watch' with this plant first.")
        self._path = path
        self._reader = _engine(path, "BEGIN")
        self._writer = _engine(path, "BEGIN IMMEDIATE")
        if read_only:
            self._check()
        else:
            self._make()

    def write(self, findings: Findings) -> None:
        """Keep what was found, all of it or nothing.

        Parameters
        ----------
        findings : Findings
            Minutes, changes of events and recordings.

        Raises
        ------
        OffkeyError
            If the database cannot be written, such as on a full disk.
        """
        with self._saying_why(), self._writer.begin() as connection:
            for table, rows in (
                (changes, findings.changes),
                (minutes, findings.minutes),
                (recordings, findings.recordings),
                (source_states, findings.states),
            ):
                if rows:
                    connection.execute(insert(table), [_row(asdict(row)) for row in rows])

    def events(self, *, limit: int = 100, after: int = 0) -> list[dict[str, Any]]:
        """Return events as they are now.

        Parameters
        ----------
        limit : int, default 100
            How many at most: the newest.
        after : int, default 0
            Only events that changed after the change of this `seq`.

        Returns
        -------
        list of dict
            One per event, the one that changed last first: `seq`, `event`, `machine`, `kind` of its newest change,
            `path`, `at`, `began`, `ended`, `peak`, `model`; times in seconds since 1970 UTC.
        """
        newest = select(func.max(changes.c.seq)).group_by(changes.c.event)
        query = select(changes).where(changes.c.seq.in_(newest), changes.c.seq > after)
        return self._rows(query.order_by(changes.c.seq.desc()).limit(limit))

    def surprises(self, machine: str, model: str) -> bytes:
        """Return the shadow of a machine with a model, as `WatchedMachine` takes it: float32, in the order of time."""
        query = select(minutes.c.surprises).where(
            minutes.c.machine == machine, minutes.c.model == model, minutes.c.surprises.is_not(None)
        )
        return b"".join(row["surprises"] for row in self._rows(query.order_by(minutes.c.id)))

    def taken(self, machine: str) -> set[str]:
        """Return the recordings of a machine that were taken, as `End.recording` names them."""
        query = select(recordings.c.name).where(recordings.c.machine == machine)
        return {row["name"] for row in self._rows(query)}

    def minutes(self, machine: str, *, limit: int = 1440) -> list[dict[str, Any]]:
        """Return the newest rows of a machine, the newest first, without the surprises."""
        columns = [column for column in minutes.c if column.name not in ("id", "surprises")]
        query = select(*columns).where(minutes.c.machine == machine)
        return self._rows(query.order_by(minutes.c.id.desc()).limit(limit))

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
        return self._rows(query.order_by(source_states.c.seq.desc()).limit(limit))

    def close(self) -> None:
        """Let go of the file."""
        self._writer.dispose()
        self._reader.dispose()

    def _rows(self, query: Any) -> list[dict[str, Any]]:
        with self._saying_why(), self._reader.begin() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def _make(self) -> None:
        """Look whether the file is whole, and make the tables where it is new."""
        with self._saying_why(), self._writer.begin() as connection:
            self._check_whole(connection)
            if self._version(connection) == 0:
                metadata.create_all(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
        self._check()

    def _check(self) -> None:
        with self._saying_why(), self._reader.begin() as connection:
            version = self._version(connection)
        if version != VERSION:
            raise OffkeyError(
                f"The database {self._path} has form {version}, expected {VERSION}: it is none of this version of "
                "offkey; name another file."
            )

    def _check_whole(self, connection: Connection) -> None:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if found != "ok":
            raise OffkeyError(
                f"The database {self._path} is damaged ({found}): restore a backup, or name another file."
            )

    @staticmethod
    def _version(connection: Connection) -> int:
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())

    @contextmanager
    def _saying_why(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise OffkeyError(f"The database {self._path} cannot be used: {error.orig}.") from error


def _engine(path: Path, begin: str) -> Engine:
    """Return an engine whose transactions begin as said; the driver's own are switched off."""
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {_BUSY_MS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            f"journal_size_limit = {_WAL_BYTES}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _row(values: dict[str, Any]) -> dict[str, Any]:
    """Return a row without NaN, which SQLite does not know."""
    return {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in values.items()}
