"""Times as people write them, by the clocks on the walls of the plant."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from offkey.errors import UsageError
from offkey.watch.local_time import local_text

__all__ = ["time_to_come"]

_SPAN = re.compile(r"(\d+(?:\.\d+)?)(m|h|d)")
_SECONDS = {"m": 60.0, "h": 3600.0, "d": 86_400.0}
_YEARS, _YEAR_S = 10, 366 * 86_400.0  # beyond, a time is a slip of the hand


def time_to_come(text: str, zone: str, now: float) -> float:
    """Read a time that is yet to come.

    Parameters
    ----------
    text : str
        A span from now on, such as ``"90m"``, ``"8h"`` or ``"2d"``; or date and time, such as ``"2030-01-31 08:00"``,
        by the clocks of the plant unless it names another offset.
    zone : str
        IANA name of the zone of the plant.
    now : float
        In seconds since 1970 UTC.

    Returns
    -------
    float
        In seconds since 1970 UTC.

    Raises
    ------
    UsageError
        If it is no time, has passed, or is more than ten years from now.
    """
    try:
        at = _seconds(text.strip(), zone, now)
    except ValueError:
        raise UsageError(
            f'The time {text!r} cannot be read: give a span such as "8h" or "2d", or a time such as "2030-01-31 08:00".'
        ) from None
    if at <= now:
        raise UsageError(f"The time {text!r} has passed: it is {local_text(now, zone)} now.")
    if at > now + _YEARS * _YEAR_S:
        raise UsageError(f"The time {text!r} is more than {_YEARS} years from now: give an earlier one.")
    return at


def _seconds(text: str, zone: str, now: float) -> float:
    """Return a span or a time in seconds since 1970 UTC; a ValueError where it is neither."""
    if span := _SPAN.fullmatch(text):
        return now + float(span[1]) * _SECONDS[span[2]]
    given = datetime.fromisoformat(text)
    return (given if given.tzinfo is not None else given.replace(tzinfo=ZoneInfo(zone))).timestamp()
