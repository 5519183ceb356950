"""The level of a source that belongs to no machine yet, so that a person sees whether it is the right one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from threading import Event

import numpy as np

from offkey.watch.acquisition.feed import Feed
from offkey.watch.acquisition.source import Source
from offkey.watch.clock import REAL, Clock

__all__ = ["Level", "LevelMeter"]

_MOST = 1000  # pieces of sound that one reading takes: a folder may hold days


@dataclass(frozen=True)
class Level:
    """The level since the reading before.

    `state`, `reason`: as of `Feed.state`.
    `level_db`: root mean square of the loudest channel in dB of full scale; None where nothing came, or digital
        silence.
    """

    state: str
    reason: str
    level_db: float | None


class LevelMeter:
    """Listens to a source from `start` to `stop`.

    Parameters
    ----------
    source : Source
        The source.
    clock : Clock, optional
        By which it goes; by default the computer's.
    """

    def __init__(self, source: Source, clock: Clock = REAL) -> None:
        self._arrived = Event()
        self._feed = Feed(source, self._arrived, clock)

    def start(self) -> None:
        """Begin to listen."""
        self._feed.start()

    def stop(self) -> None:
        """Let go of the source."""
        self._feed.stop()

    def read(self, patience_s: float = 0.5) -> Level:
        """Return the level of what came since the reading before, for which it waits at most so many seconds."""
        self._arrived.wait(patience_s)
        self._arrived.clear()
        power, count = 0.0, 0
        for _ in range(_MOST):
            if (item := self._feed.take()) is None:
                break
            if isinstance(item, np.ndarray) and len(item):
                power += float(np.square(item, dtype=np.float64).sum(axis=0).max())
                count += len(item)
        state, reason = self._feed.state()
        loudest = power / max(count, 1)
        return Level(state, reason, 10 * math.log10(loudest) if loudest else None)
