"""The error of a database that cannot be reached for now; it needs no library, so that every answer can know it."""

from __future__ import annotations

from offkey.errors import OffkeyError

__all__ = ["DatabaseAwayError"]


class DatabaseAwayError(OffkeyError):
    """A database that does not answer, or has no room or no time: it may work again by itself."""
