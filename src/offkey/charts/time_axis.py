"""Ticks of an axis of time: a clock within a recording, or dates and times of day."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from offkey.audio.recording_times import clock

__all__ = ["time_ticks"]

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_STEPS_S = (
    *(1, 2, 5, 10, 15, 30),
    *(_MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * n for n in (1, 2, 3, 6, 12)),
    *(_DAY * n for n in (1, 2, 3, 7, 14, 28, 91, 182, 364)),
)


def time_ticks(last_s: float, start: datetime | None = None, *, most: int = 8) -> list[tuple[float, str]]:
    """Return the ticks of an axis that begins at 0.

    `last_s`: its end in seconds.
    `start`: the moment at which it begins; without it the ticks count from the beginning: ``0:00``, ``10:00``.
    `most`: how many ticks there are at most.
    Returns: places in seconds, with their texts.
    """
    step = next((step for step in _STEPS_S if last_s / step <= most - 1), math.ceil(last_s / _DAY / most) * _DAY)
    if start is None:
        return [(float(at), clock(at)) for at in range(0, math.floor(last_s) + 1, step)]
    midnight = datetime(start.year, start.month, start.day)
    even = min(step, _DAY)
    first = math.ceil((start - midnight).total_seconds() / even) * even
    ticks, day = [], None
    while (at := midnight + timedelta(seconds=first)) <= start + timedelta(seconds=last_s):
        text = f"{at:%Y-%m-%d}" if step >= _DAY else f"{at:%H:%M:%S}" if step < _MINUTE else f"{at:%H:%M}"
        if step < _DAY and at.date() != day:
            text = f"{at:%m-%d} {text}"
        day = at.date()
        ticks.append(((at - start).total_seconds(), text))
        first += step
    return ticks
