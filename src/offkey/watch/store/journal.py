"""The journal of starts and ends: a file of its own, so that it is known when the database vanishes."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from offkey._version import __version__
from offkey.errors import OffkeyError
from offkey.watch.store.address import Address
from offkey.watch.store.database import Database

__all__ = ["Journal"]

_ENDS = {"failed start": "The start before this one failed", "error": "The monitor before this one ended by an error"}


class Journal:
    """Lines of JSON that are only ever added: each start of a monitor, and each end that was orderly or of an error.

    Parameters
    ----------
    plant : Path
        The file of the plant.
    address : Path or URL
        Of the database: the journal lies beside that file, or beside the plant where a server has it.
    database : Database
        The database, opened.
    """

    def __init__(self, plant: Path, address: Address, database: Database) -> None:
        self._database = database
        beside = address if isinstance(address, Path) else plant
        self.path = beside.with_name(f"{beside.name}.journal.jsonl")

    def start(self, settings: bytes) -> list[str]:
        """Add a start.

        Parameters
        ----------
        settings : bytes
            Content of the file of the plant, whose digest is kept.

        Returns
        -------
        list of str
            Sentences about the end of the monitor before this one, where it was not in order.

        Raises
        ------
        OffkeyError
            If the journal cannot be read or written.
        """
        digest = hashlib.sha256(settings).hexdigest()[:16]
        notes = self._notes()
        self._add("start", settings=digest)
        return notes

    def end(self) -> None:
        """Add an orderly end.

        Raises
        ------
        OffkeyError
            If the journal cannot be written.
        """
        self._add("end")

    def fail(self, why: str, *, is_running: bool) -> None:
        """Add an end by an error.

        Parameters
        ----------
        why : str
            The sentence of the error.
        is_running : bool
            Whether the monitor had begun to listen; else its start failed.

        Raises
        ------
        OffkeyError
            If the journal cannot be written.
        """
        self._add("error" if is_running else "failed start", why=why)

    def _notes(self) -> list[str]:
        last = self._last()
        if last is None:
            return []
        notes = []
        if self._database.was_empty:
            notes.append(
                f"The database {self._database.name} is gone, which had {last.get('database_bytes')} bytes at "
                f"{last['at']}: a new one was made, and every machine begins its shadow anew. Restore a backup if that "
                "is not meant."
            )
        if last["what"] == "start":
            notes.append(f"The monitor that started at {last['at']} did not end in order.")
        if last["what"] in _ENDS:
            notes.append(f"{_ENDS[last['what']]} at {last['at']}: {last.get('why')}")
        return notes

    def _last(self) -> dict[str, Any] | None:
        """Return the last line that is whole; a monitor may have died while it wrote one."""
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OffkeyError(f"The journal {self.path} cannot be read: {error.strerror or error}.") from error
        for line in reversed(lines):
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict) and {"what", "at"} <= found.keys():
                return found
        return None

    def _add(self, what: str, **more: str) -> None:
        at, size = datetime.now(UTC).isoformat(timespec="seconds"), self._database.size_bytes()
        entry = {"at": at, "what": what, "version": __version__, **more, "database": self._database.name}
        line = json.dumps({**entry, "database_bytes": size})
        try:
            with self.path.open("ab") as file:
                torn = file.tell() > 0 and not self.path.read_bytes().endswith(b"\n")
                file.write(f"{chr(10) * torn}{line}\n".encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OffkeyError(f"The journal {self.path} cannot be written: {error.strerror or error}.") from error
