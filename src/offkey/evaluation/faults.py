"""Collects the faults of a folder or table, so that one sentence can name them all."""

from __future__ import annotations

from collections.abc import Iterable

from offkey.errors import DataError
from offkey.listing import listing

__all__ = ["Faults"]

_MOST_FAULTS = 8


class Faults:
    """Faults found so far; `subject` starts the error's sentence: "The folder x is no submission"."""

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._found: list[str] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, text: str) -> None:
        """Add a fault."""
        self._found.append(text)

    def add_names(self, where: str, what: str, names: Iterable[str]) -> None:
        """Add a fault that some names in a file share, such as ``"missing"``; without names there is none."""
        known = list(names)
        if known:
            self.add(f"{where}: {len(known)} {what} ({listing(known)})")

    def raise_if_any(self) -> None:
        """Raise one DataError that names the faults, if there are any."""
        if self._found:
            raise DataError(f"{self._subject}: {listing(self._found, _MOST_FAULTS, separator='; ')}.")
