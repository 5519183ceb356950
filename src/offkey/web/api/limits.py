"""Limits of the API: size, length, time, and requests a minute of each visitor."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from offkey.web.failures import PageError
from offkey.web.security import visitor_of

__all__ = ["Limits", "RateLimit"]

_VISITORS = 10_000  # that are remembered at most


@dataclass(frozen=True)
class Limits:
    """Limits of a server.

    Parameters
    ----------
    megabytes : float, default 64
        Size of an uploaded clip.
    clip_s : float, default 3600
        Length of an uploaded clip in seconds.
    upload_s : float, default 60
        Time in seconds in which an upload must have come.
    idle_s : float, default 30
        Time in seconds after which a stream without sound is ended.
    per_minute : float, default 600
        Requests a minute of each visitor.
    streams : int, default 16
        Streams that are scored at a time.
    """

    megabytes: float = 64.0
    clip_s: float = 3600.0
    upload_s: float = 60.0
    idle_s: float = 30.0
    per_minute: float = 600.0
    streams: int = 16

    @property
    def bytes(self) -> int:
        """Size of an uploaded clip in bytes."""
        return round(self.megabytes * 1e6)


class RateLimit:
    """Requests a minute of each visitor, by a bucket that fills evenly; a burst of a tenth of them passes at once.

    `per_minute`: how many.
    `clock`: seconds on a clock that only goes forward.
    """

    def __init__(self, per_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_s, self._most, self._clock = per_minute / 60, max(1.0, per_minute / 10), clock
        self._buckets = OrderedDict[str, tuple[float, float]]()

    def __call__(self, request: Request) -> None:
        """Let a request pass, or raise a PageError that says when to come again."""
        name = visitor_of(request).name or (request.client.host if request.client else "")
        now = self._clock()
        left, at = self._buckets.pop(name, (self._most, now))
        left = min(self._most, left + (now - at) * self._per_s)
        self._buckets[name] = (max(left - 1, 0.0) if left >= 1 else left, now)
        if len(self._buckets) > _VISITORS:
            self._buckets.popitem(last=False)
        if left < 1:
            wait_s = max(1, round((1 - left) / self._per_s + 0.5))
            raise PageError(
                429,
                f"There were more than {self._per_s * 60:g} requests a minute: come again in {wait_s} s.",
                {"Retry-After": str(wait_s)},
            )
