"""The address of a database, as the file of a plant names it: a file, or the URL of a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from offkey.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import URL

__all__ = ["Address", "address_of", "check_database"]

Address: TypeAlias = "Path | URL"

_SCHEMES = ("postgresql", "postgresql+psycopg")


def check_database(database: str) -> str:
    """Refuse a URL of another kind; the message names its scheme alone, since a password may stand behind it.

    Raises
    ------
    ValueError
        If it is a URL that is none of PostgreSQL.
    """
    scheme, is_url, _ = database.partition("://")
    if is_url and scheme not in _SCHEMES:
        raise ValueError(
            f"the database is a URL of {scheme!r}, expected a file, or a URL such as "
            "'postgresql+psycopg://user@host/plant'"
        )
    return database


def address_of(database: str, folder: Path) -> Address:
    """Return where a database is.

    Parameters
    ----------
    database : str
        A file, or a URL of PostgreSQL.
    folder : Path
        Where relative paths start.

    Raises
    ------
    UsageError
        If it is a URL that cannot be read.
    """
    if "://" not in database:
        return folder / database
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(database)
    except (ArgumentError, ValueError):
        raise UsageError(
            "The URL of the database cannot be read, expected such as 'postgresql+psycopg://user@host:5432/plant'; "
            "in a password write signs such as @ and / by their codes, %40 and %2F."
        ) from None
