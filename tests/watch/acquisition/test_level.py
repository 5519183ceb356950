"""The level of a source that belongs to no machine."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import numpy as np
import pytest

from offkey.watch.acquisition.level import LevelMeter
from offkey.watch.acquisition.source import Begin, Item, SourceAbsentError
from offkey.watch.clock import Clock


class _Steady:
    """A second of sound in two channels, then a pause for ever."""

    waits = False
    stalled_after_s = 30.0

    def __init__(self, *levels: float) -> None:
        self._levels = levels

    def listen(self, stopping: Event, clock: Clock) -> Iterator[Item]:
        if not self._levels:
            raise SourceAbsentError("It is not plugged in.")
        yield Begin(8000, clock.utc())
        yield np.full((8000, len(self._levels)), self._levels, np.float32)
        stopping.wait()


@pytest.mark.parametrize(("levels", "expected"), [((0.1, 0.01), -20.0), ((0.0,), None)])
def test_the_level_is_that_of_the_loudest_channel(levels: tuple[float, ...], expected: float | None) -> None:
    meter = LevelMeter(_Steady(*levels))
    meter.start()
    found = [meter.read(5) for _ in range(2)]
    meter.stop()
    heard = [level.level_db for level in found if level.level_db is not None]
    assert heard == ([] if expected is None else [pytest.approx(expected, abs=0.01)])


def test_a_source_that_is_not_there_says_why() -> None:
    meter = LevelMeter(_Steady())
    meter.start()
    level = next(level for _ in range(100) if (level := meter.read(0.1)).reason)
    meter.stop()
    assert (level.state, level.reason, level.level_db) == ("waiting", "It is not plugged in.", None)
