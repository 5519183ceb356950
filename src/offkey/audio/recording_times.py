"""The time at which clips were recorded, from dates in their names or the times of their files; never a guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

__all__ = ["RecordingTimes", "clock", "in_order", "recording_times", "time_in_name"]

_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_.]?)(\d\d)\2(\d\d)(?!\d{1,5}(?!\d))")
_TIME = re.compile(
    r"(?<!\d)(\d\d)(?:([-_.:h])(\d\d)(?:[-_.:m](\d\d))?|(\d\d)(\d\d))(?!\d)", re.IGNORECASE
)  # 14-05, 14h05, 14:05:33, or 140533; four digits alone may be a number
_DIGITS = re.compile(r"(\d+)")
_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True)
class RecordingTimes:
    """The moments at which recordings began, or at least their order.

    `starts`: by the name of the recording, of all or of none.
    `source`: what gives the order of time: dates in ``"names"``, the times of ``"files"``, or the ``"numbers"`` of
        names that differ in nothing else; empty where it is not known.
    """

    starts: Mapping[str, datetime]
    source: str = ""


def recording_times(clips: Iterable[tuple[str, Path | None, float]]) -> RecordingTimes:
    """Return when clips were recorded, if that is known of all of them, or else whether their numbers order them.

    A date in the name or in the folder above has the first word. The time at which a file was last changed counts only
    where they span as much time as the recordings last, and a minute: files that were copied, unpacked or converted
    together carry the time of that, which is shorter.

    `clips`: name, file (None where there is none) and length in seconds of each.
    """
    known = list(clips)
    named = {name: at for name, _, _ in known if (at := time_in_name(name)) is not None}
    if known and len(named) == len(known):
        return RecordingTimes(named, "names")
    if starts := _starts_of_files(known):
        return RecordingTimes(starts, "files")
    numbered = len({_DIGITS.sub("0", name) for name, _, _ in known}) == 1
    return RecordingTimes({}, "numbers" if numbered else "")


def time_in_name(name: str) -> datetime | None:
    """Return the date and time in the name of a clip, or in the folder above it, None if there is no date.

    Understood are dates of the form ``2026-03-12``, ``2026_03_12`` and ``20260312``, then times of the form
    ``14-05``, ``14h05``, ``14.05.33`` and ``140533``; without a time the day begins.
    """
    parts = name.replace("\\", "/").split("/")
    stem, folder = parts[-1], parts[-2] if len(parts) > 1 else ""
    if (found := _day(stem)) is not None:
        return _with_time(found[0], found[1])
    found = _day(folder)
    return None if found is None else _with_time(found[0], stem)


def in_order(name: str) -> list[tuple[int, str]]:
    """Return a key by which names sort as people count: ``clip 9`` before ``clip 10``."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(name)]


def clock(seconds: float) -> str:
    """Return a moment of a recording as players show it: ``0:09``, ``40:10``, ``1:02:03``."""
    minutes, rest = divmod(int(seconds + 1e-6), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _day(text: str) -> tuple[datetime, str] | None:
    """Return the first date in a text, and what follows it."""
    for match in _DAY.finditer(text):
        with suppress(ValueError):
            return datetime(int(match[1]), int(match[3]), int(match[4])), text[match.end() :]
    return None


def _with_time(day: datetime, text: str) -> datetime:
    """Return a day with the first time that a text holds."""
    for match in _TIME.finditer(text):
        hour, minute, second = match[1], match[3] or match[5], match[4] or match[6] or "0"
        with suppress(ValueError):
            return day.replace(hour=int(hour), minute=int(minute), second=int(second))
    return day


def _starts_of_files(clips: Sequence[tuple[str, Path | None, float]]) -> dict[str, datetime]:
    """Return when recordings began by the times of their files; nothing where these tell of something else."""
    ends = {name: end for name, file, _ in clips if file is not None and (end := _changed(file)) is not None}
    if len(clips) < 2 or len(ends) < len(clips):
        return {}
    seconds = {name: length for name, _, length in clips}
    span_s = (max(ends.values()) - min(ends.values())).total_seconds()
    if span_s < max(_MINUTE, sum(seconds.values()) - max(seconds.values())):
        return {}
    return {name: end - timedelta(seconds=seconds[name]) for name, end in ends.items()}


def _changed(file: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime)
    except OSError:
        return None
