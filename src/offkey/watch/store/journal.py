"""The journal of starts and ends: a file beside the database, so that it is known when that one vanishes."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from offkey._version import __version__
from offkey.errors import OffkeyError

__all__ = ["Journal"]


class Journal:
    """Lines of JSON that are only ever added: each start of a monitor, and each orderly end.

    Parameters
    ----------
    database : Path
        The database of the plant; the journal lies beside it, with the ending ``.journal.jsonl``.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self.path = database.with_name(f"{database.name}.journal.jsonl")

    def start(self, settings: bytes) -> list[str]:
        """Add a start, before the database is opened.

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
        size = self._database.stat().st_size if self._database.is_file() else None
        digest = hashlib.sha256(settings).hexdigest()[:16]
        notes = self._notes(size)
        self._add({"what": "start", "version": __version__, "settings": digest, "database_bytes": size})
        return notes

    def end(self) -> None:
        """Add an orderly end.

        Raises
        ------
        OffkeyError
            If the journal cannot be written.
        """
        size = self._database.stat().st_size if self._database.is_file() else None
        self._add({"what": "end", "version": __version__, "database_bytes": size})

    def _notes(self, size: int | None) -> list[str]:
        last = self._last()
        if last is None:
            return []
        notes = []
        if size is None and last.get("database_bytes") is not None:
            notes.append(
                f"The database {self._database} is gone, which had {last['database_bytes']} bytes at {last['at']}: a "
                "new one is made, and every machine begins its shadow anew. Restore a backup if that is not meant."
            )
        if last["what"] == "start":
            notes.append(f"The monitor that started at {last['at']} did not end in order.")
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

    def _add(self, entry: dict[str, Any]) -> None:
        line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), **entry})
        try:
            with self.path.open("ab") as file:
                torn = file.tell() > 0 and not self.path.read_bytes().endswith(b"\n")
                file.write(f"{chr(10) * torn}{line}\n".encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OffkeyError(f"The journal {self.path} cannot be written: {error.strerror or error}.") from error
