"""A stream of live sound: results window by window, with the events of the fast path."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

from numpy.typing import ArrayLike

from .calibration import Calibration, EventRule
from .fast_path import Excursion, FastPath
from .gate import Samples
from .result import Event, Result
from .samples import Channel, full_scale, one_channel
from .windows import Windows

__all__ = ["Stream"]

Judge = Callable[[int, Samples], Result]


class Stream:
    """Live sound of one machine; made by `Model.stream`.

    Memory is bounded, however long it goes on, and how the sound is cut into blocks changes no result.

    Parameters
    ----------
    judge : callable
        Gives the result of a window from the number of its first sample and its samples.
    windows : Windows
        Cuts the sound.
    hop, length, rate : int
        Hop and length of windows in samples, and samples a second.
    channel : int or str
        The channel of blocks with several.
    calibration : Calibration
        Says how unusual a score is.
    rule : EventRule or None
        When events begin and end; None for results without events.
    """

    def __init__(
        self,
        judge: Judge,
        windows: Windows,
        *,
        hop: int,
        length: int,
        rate: int,
        channel: Channel,
        calibration: Calibration,
        rule: EventRule | None,
    ) -> None:
        self._judge, self._windows, self._channel = judge, windows, channel
        self._hop, self._length, self._rate = hop, length, rate
        self._calibration = calibration
        self._path = None if rule is None else _fast_path(rule)
        self._event: Event | None = None

    @property
    def event(self) -> Event | None:
        """The event that goes on; None while there is none."""
        return self._event

    def push(self, block: ArrayLike) -> list[Result]:
        """Take the next sound, of any length.

        Parameters
        ----------
        block : array_like, shape (n,) or (n, channels)
            At the model's rate: floats with full scale 1, or signed integers of 16 or 32 bits. NaN stands for sound
            that is missing: the windows that hold it have an `error`, and time goes on.

        Returns
        -------
        list of Result
            One for each window that is whole with this block, in order; most often none.

        Raises
        ------
        SoundError
            If the block is of another type or shape, or lacks the channel.
        """
        samples = one_channel(full_scale(block, "The block"), self._channel, "The block")
        return [self._result(start, window) for start, window in self._windows.feed(samples)]

    def finish(self) -> Event | None:
        """End the stream.

        Returns
        -------
        Event or None
            The event that went on, as ended; None where there was none.
        """
        event, self._event = self._event, None
        return None if event is None else Event("end", event.start_s, event.end_s, event.peak)

    def _result(self, start: int, window: Samples) -> Result:
        result = self._judge(start, window)
        if self._path is None:
            return result
        event = self._step(self._path, math.nan if result.score is None else result.score)
        return Result(result.start_s, result.end_s, result.score, result.p_value, result.anomalous, result.error, event)

    def _step(self, path: FastPath, score: float) -> Event | None:
        """Feed the fast path, and return the event that is new, goes on or is over."""
        ended = list(path.feed([self._calibration.surprise(score)]))
        known, current = self._event, path.event
        if ended:
            self._event = None
            return self._of("end", ended[0])
        if current is None:
            return None
        self._event = self._of("new" if known is None else "update", current)
        return self._event

    def _of(self, kind: Literal["new", "update", "end"], found: Excursion) -> Event:
        start, end = found.first * self._hop, found.last * self._hop + self._length
        return Event(kind, start / self._rate, end / self._rate, found.peak)


def _fast_path(rule: EventRule) -> FastPath:
    return FastPath(
        half_life=rule.half_life, open_at=rule.open_at, close_at=rule.close_at, hold=rule.hold, usual=rule.usual
    )
