"""SQLite: a file that is written ahead to a log (WAL), so that readers and the writer do not wait for each other."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from offkey.errors import OffkeyError
from offkey.watch.local_time import utc_stamp
from offkey.watch.store.database import Database

__all__ = ["SqliteDatabase"]

_BUSY_MS = 10_000  # that a reader or writer waits for another
_WAL_PAGES = 4000  # after which the log is brought into the file: 16 MB, a few times a day
_WAL_BYTES = 32 * 1024 * 1024  # that the log is cut to where it was longer
_WAL_MOST_BYTES = 48 * 1024 * 1024  # after which scores wait, so that events have room below 64 MB
_BACKUPS = 3  # the newest that are kept
_RESTORE = "restore the newest backup, or move the file away and start anew"
_ADVICE = {
    "SQLITE_BUSY": "another program holds it for too long: end that",
    "SQLITE_CANTOPEN": "look whether its folder is there and may be written to",
    "SQLITE_CORRUPT": f"it is damaged: {_RESTORE}",
    "SQLITE_FULL": "make room on its disk",
    "SQLITE_IOERR": "look whether its disk has room and is in order",
    "SQLITE_NOTADB": f"{_RESTORE}",
    "SQLITE_READONLY": "look whether it and its folder may be written to",
}


class SqliteDatabase(Database):
    """A file of SQLite.

    A transaction of the writer takes the lock at its begin, since a lock that is asked for later can be refused.

    Parameters
    ----------
    path : Path
        The file; it is made where it is not there, its folder must exist.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), _engine(path), _engine(path))
        self._path = path

    def begin(self, connection: Connection, *, writes: bool) -> None:
        """Begin; one that need not be durable leaves it to the system when its pages reach the disk."""
        durable = connection.get_execution_options().get("durable", True)
        connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    def check_whole(self) -> None:
        """Look at all pages of the file."""
        with self.reading() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if found != "ok":
            raise OffkeyError(f"The database {self.name} is damaged ({' '.join(found.split())}): {_RESTORE}.")

    def back_up(self, label: str) -> None:
        """Copy the file, check the copy, and remove all but the newest copies."""
        at = utc_stamp(time.time())
        copy = self._path.with_name(f"{self._path.name}.{at}-{label}.backup")
        partial = copy.with_suffix(".partial")
        try:
            with closing(sqlite3.connect(self._path)) as source, closing(sqlite3.connect(partial)) as target:
                source.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")
                found = target.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            found = str(error)
        if found != "ok":
            partial.unlink(missing_ok=True)
            raise OffkeyError(
                f"The database {self.name} cannot be backed up to {copy} ({found}), and is left as it was: make room "
                "on its disk."
            )
        partial.replace(copy)
        for old in sorted(self._path.parent.glob(f"{self._path.name}.*.backup"))[:-_BACKUPS]:
            old.unlink(missing_ok=True)

    @contextmanager
    def claim(self) -> Iterator[None]:
        """Hold a lock on a file beside the database, which ends with the process, however that ends."""
        lock = FileLock(self._path.with_name(f"{self._path.name}.lock"))
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise self._taken() from None
        try:
            yield
        finally:
            lock.release()

    def reason_to_wait(self) -> str | None:
        """Look whether another program, which has been reading for long, keeps the log from being brought in.

        Raises
        ------
        OffkeyError
            If the file was removed: what is written to it now would be lost without a word.
        """
        if not self._path.exists():
            raise OffkeyError(
                f"The database {self.name} was removed while it was in use, so that nothing can be kept any more: "
                "put a backup in its place, or begin without one, and start again."
            )
        log = self._path.with_name(f"{self._path.name}-wal")
        if not log.exists() or log.stat().st_size < _WAL_MOST_BYTES:
            return None
        with closing(sqlite3.connect(self._path, timeout=0)) as connection:
            is_busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if not is_busy:
            return None
        return (
            f"another program has been reading the database {self.name} for so long that its log has grown to "
            f"{_WAL_MOST_BYTES // 2**20} MB; end that program."
        )

    def size_bytes(self) -> int:
        """Return the size of the file once its log is brought into it."""
        with self.reading() as connection:
            pages, size = (connection.exec_driver_sql(f"PRAGMA page_{name}").scalar_one() for name in ("count", "size"))
        return int(pages * size)

    def advice(self, error: DBAPIError) -> str:
        """Add what to do to the words of SQLite."""
        name = getattr(error.orig, "sqlite_errorname", "")
        found = next((advice for known, advice in _ADVICE.items() if name.startswith(known)), "")
        return f"{error.orig}{found and '; '}{found}"


def _engine(path: Path) -> Engine:
    """Return an engine whose connections begin no transaction by themselves."""
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {_BUSY_MS}",
            "journal_mode = WAL",
            f"wal_autocheckpoint = {_WAL_PAGES}",
            f"journal_size_limit = {_WAL_BYTES}",
            "secure_delete = OFF",  # else each row that moves or goes is written once more, as zeros
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine
