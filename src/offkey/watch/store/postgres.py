"""PostgreSQL: a database on a server, named by a URL; its backups are the task of who runs the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.exc import DBAPIError

from offkey.errors import check_installed
from offkey.watch.store.database import Database

__all__ = ["PostgresDatabase"]

_PATIENCE_S = 10  # that a connection and a lock are waited for
_MONITOR = 7_301_203  # number of the lock that a monitor holds
_WRITER = 7_301_204  # number of the lock that a writer holds, so that there is one at a time, as in a file of SQLite


class PostgresDatabase(Database):
    """A database on a server of PostgreSQL.

    Parameters
    ----------
    url : URL
        Where it is; the database must be there, the tables are made. A password in it is in no message.
    """

    def __init__(self, url: URL) -> None:
        check_installed("postgres", "A database on PostgreSQL", "psycopg")
        options = f"{url.query.get('options', '')} -c lock_timeout={_PATIENCE_S}s -c timezone=UTC".strip()
        engines = [
            create_engine(
                url.set(drivername="postgresql+psycopg"),
                pool_pre_ping=True,  # a server that was started again is found again
                connect_args={
                    "options": options,
                    "connect_timeout": _PATIENCE_S,
                    "tcp_user_timeout": 1000 * _PATIENCE_S,  # a network that is gone must not hold up scoring for long
                },
            )
            for _ in range(2)
        ]
        super().__init__(f"{url.database or ''} on {url.host or 'this computer'}".strip(), *engines)
        self._password = url.password

    def begin(self, connection: Connection, *, writes: bool) -> None:
        """Take the lock of the writer, or a snapshot to read."""
        if not writes:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return
        if not connection.get_execution_options().get("durable", True):
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")

    def check_whole(self) -> None:
        """Leave it to the server, which looks at a page as it reads it."""

    def back_up(self, label: str) -> None:
        """Leave it to who runs the server; the migration is one transaction."""

    @contextmanager
    def claim(self) -> Iterator[None]:
        """Hold a lock of the server, which ends with the connection."""
        with self._in_a_sentence(), self._reader.connect() as connection:
            connection.detach()  # it is closed in the end, and the lock goes with it
            if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_MONITOR})").scalar_one():
                raise self._taken()
            connection.rollback()  # a lock of the session outlasts the transaction
            yield

    def reason_to_wait(self) -> str | None:
        """Find none: the server looks after its log."""
        return None

    def size_bytes(self) -> int:
        """Return the size of the database on the server."""
        with self.reading() as connection:
            return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())

    def advice(self, error: DBAPIError) -> str:
        """Take the words of the server, without a password."""
        words = " ".join(str(error.orig).split()).rstrip(".")
        for secret in {self._password, quote(self._password or "", safe="")} - {None, ""}:
            words = words.replace(str(secret), "***")
        return words
