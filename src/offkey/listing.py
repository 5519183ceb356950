"""Names and numbers of things in a sentence: the first few of many, and one clip or several clips."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["counted", "listing"]

_MOST = 5


def listing(names: Iterable[str], most: int = _MOST, *, separator: str = ", ") -> str:
    """Return the first names, and the number of the others: ``"a.wav, b.wav and 3 more"``."""
    known = list(names)
    shown = separator.join(known[:most])
    return shown if len(known) <= most else f"{shown} and {len(known) - most} more"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: ``"1 clip"``, ``"1,200 clips"``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
