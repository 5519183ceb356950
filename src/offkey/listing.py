"""The first few of many names in a sentence, and how many more there are."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["listing"]

_MOST = 5


def listing(names: Iterable[str], most: int = _MOST, *, separator: str = ", ") -> str:
    """Return the first names, and the number of the others: ``"a.wav, b.wav and 3 more"``."""
    known = list(names)
    shown = separator.join(known[:most])
    return shown if len(known) <= most else f"{shown} and {len(known) - most} more"
