"""Collects what is wrong with a folder or table, so that one sentence can name all of it."""

from __future__ import annotations

from collections.abc import Iterable

from offkey.errors import DataError

__all__ = ["Faults", "listing"]

_MOST_NAMES = 5
_MOST_FAULTS = 8


def listing(names: Iterable[str]) -> str:
    """Return the first few names and how many more there are: ``"a.wav, b.wav and 3 more"``."""
    known = list(names)
    shown = ", ".join(known[:_MOST_NAMES])
    return shown if len(known) <= _MOST_NAMES else f"{shown} and {len(known) - _MOST_NAMES} more"


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
            more = len(self._found) - _MOST_FAULTS
            shown = "; ".join(self._found[:_MOST_FAULTS]) + (f"; and {more} more faults" if more > 0 else "")
            raise DataError(f"{self._subject}: {shown}.")
