"""Quiet hours and days, by the clock on the wall of the plant."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from offkey.watch.advisory.settings import DAYS, QuietSettings
from offkey.watch.local_time import local

__all__ = ["is_quiet"]


def is_quiet(quiet: QuietSettings, at: float, zone: ZoneInfo) -> bool:
    """Tell whether people are not to be disturbed.

    The clock on the wall decides, so quiet from 22:00 to 06:00 takes seven hours in the night in which summer time
    begins, and nine in the one in which it ends.

    Parameters
    ----------
    quiet : QuietSettings
        The hours, and the days on which they begin.
    at : float
        Seconds since 1970 UTC.
    zone : ZoneInfo
        The zone of the plant.

    Returns
    -------
    bool
    """
    now = local(at, zone)
    clock = now.time()
    if quiet.begin < quiet.end:
        return quiet.begin <= clock < quiet.end and _day(now.date()) in quiet.days
    if clock >= quiet.begin:
        return _day(now.date()) in quiet.days
    return clock < quiet.end and _day(now.date(), before=1) in quiet.days


def _day(day: date, *, before: int = 0) -> str:
    """Return the name of a day, or of one so many days before."""
    return DAYS[(day.weekday() - before) % 7]
