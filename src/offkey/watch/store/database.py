"""A database with one writer and any number of readers, whichever server or file it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Executable, event, exc
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from offkey.errors import OffkeyError
from offkey.watch.store.away import DatabaseAwayError
from offkey.watch.store.migrate import check_known, migrate, newest_revision, revision_of

__all__ = ["Database"]


class Database(ABC):
    """Two engines on one database, one to read and one to write.

    Parameters
    ----------
    name : str
        What messages call it; never with a password.
    reader, writer : Engine
        Whose transactions begin by `begin`.

    Attributes
    ----------
    was_empty : bool
        Whether nothing was there when it was opened.
    """

    def __init__(self, name: str, reader: Engine, writer: Engine) -> None:
        self.name, self._reader, self._writer = name, reader, writer
        self.was_empty = False
        event.listen(reader, "begin", lambda connection: self.begin(connection, writes=False))
        event.listen(writer, "begin", lambda connection: self.begin(connection, writes=True))

    @abstractmethod
    def begin(self, connection: Connection, *, writes: bool) -> None:
        """Begin a transaction; one with the option `durable` is on the disk when it is over."""

    @abstractmethod
    def check_whole(self) -> None:
        """Refuse a database that is damaged."""

    @abstractmethod
    def back_up(self, label: str) -> None:
        """Keep a copy beside the database, where that is the task of offkey."""

    @abstractmethod
    def claim(self) -> AbstractContextManager[None]:
        """Be the one monitor that writes to it, until the context ends; an OffkeyError where another one is."""

    @abstractmethod
    def reason_to_wait(self) -> str | None:
        """Say why all but events should wait before it is written; None where nothing should."""

    @abstractmethod
    def size_bytes(self) -> int:
        """Return the size of the database."""

    @abstractmethod
    def advice(self, error: DBAPIError) -> str:
        """Say in a clause what went wrong and what to do."""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read what was written before, whatever is written meanwhile."""
        with self._in_a_sentence(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:
        """Write all or nothing.

        `durable`: whether it outlasts a loss of power once it is over; else it outlasts the end of the process alone.
        """
        with self._in_a_sentence(), self._writer.execution_options(durable=durable).begin() as connection:
            yield connection

    def rows(self, query: Executable) -> list[dict[str, Any]]:
        """Return the rows that a query finds."""
        with self.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def open(self, *, read_only: bool, check: bool) -> None:
        """Look whether the database is of a known form, and bring it to the newest unless it is only read.

        `check`: whether to look at first whether it is whole.
        """
        try:
            if check:
                self.check_whole()
            self._open(read_only)
        except BaseException:
            self.close()
            raise

    def _open(self, read_only: bool) -> None:
        with self.reading() as connection:
            revision = revision_of(connection, self.name)
        check_known(revision, self.name)
        self.was_empty = revision is None
        if revision == newest_revision():
            return
        if read_only:
            form = "is empty" if revision is None else f"has form {revision}, expected {newest_revision()}"
            raise OffkeyError(
                f"The database {self.name} {form}: start 'offkey watch' with this plant once, which brings it there."
            )
        with self.writing() as connection:
            revision = revision_of(connection, self.name)  # another process may have been faster
            if revision is not None and revision != newest_revision():
                self.back_up(revision)
            migrate(connection, revision)

    def _taken(self) -> OffkeyError:
        """Return the error that another monitor is there."""
        return OffkeyError(
            f"The database {self.name} has a monitor already, and two would keep everything twice: end that one, or "
            "name another database."
        )

    def close(self) -> None:
        """Let go of all connections."""
        self._writer.dispose()
        self._reader.dispose()

    @contextmanager
    def _in_a_sentence(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            is_gone = error.connection_invalidated or (error.statement is None and isinstance(error, OperationalError))
            cannot = f"The database {self.name} cannot be {'reached' if is_gone else 'used'}"
            kind = DatabaseAwayError if is_gone or isinstance(error, OperationalError | InterfaceError) else OffkeyError
            raise kind(f"{cannot}: {self.advice(error)}.") from error
        except exc.TimeoutError as error:  # all connections wait for an answer
            raise DatabaseAwayError(f"The database {self.name} cannot be reached: it does not answer.") from error
