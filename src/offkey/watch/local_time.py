"""Times by the clocks on the walls of a plant; all that is kept is in seconds since 1970 UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

__all__ = ["local", "local_text", "utc_stamp"]


def local(seconds: float, zone: ZoneInfo) -> datetime:
    """Return a time in seconds since 1970 UTC as the clocks of a zone show it."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone)


def local_text(seconds: float, zone: str) -> str:
    """Return a time in seconds since 1970 UTC as text, with the name of what the clocks of a zone show then.

    In the night in which summer time ends, ``02:30:00 CEST`` and ``02:30:00 CET`` are an hour apart.
    """
    return local(seconds, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S %Z")


def utc_stamp(seconds: float) -> str:
    """Return a time in seconds since 1970 UTC as names of files have it: ``20270115T080010Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%dT%H%M%SZ")
