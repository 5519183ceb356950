"""The form of every source of live sound: stretches of samples, each with its begin and its end."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from typing import Protocol, TypeAlias

from offkey.audio.channel import Samples
from offkey.errors import OffkeyError
from offkey.watch.acquisition.quality import Doubt
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.clock import REAL, Clock

__all__ = ["Begin", "End", "Item", "Source", "SourceAbsentError", "SourceLostError"]


@dataclass(frozen=True)
class Begin:
    """The begin of a stretch of sound without a gap.

    `at`: when its first sample was taken, in seconds since 1970 UTC.
    `seconds`: how long it will be, where that is known, as of a file.
    """

    rate: int  # in Hz
    at: float
    seconds: float = math.inf


@dataclass(frozen=True)
class End:
    """The end of a stretch: no window reaches over it.

    `is_whole`: whether all sound of the stretch came, as of a file; else it broke off, and what is left is not scored.
    `recording`: by which a file that was taken is known again; None for a stretch of a stream.
    """

    reason: str
    is_whole: bool = False
    recording: str | None = None


Item: TypeAlias = Begin | Samples | End | Correction | Doubt
"""A piece of what a source gives: begins, blocks of samples of shape (n, channels) with full scale 1, and ends; and
what a `Feed` adds: corrections of the time of what comes after them, and doubts about it."""


class SourceLostError(OffkeyError):
    """A source that gave sound, or should, gives none; it is tried again."""


class SourceAbsentError(SourceLostError):
    """A source that is not there at all, such as a microphone that was unplugged: it is waited for."""


class Source(Protocol):
    """A source of live sound."""

    waits: bool
    """Whether it waits until its sound is taken, as a file does; what a microphone gives is lost where nobody does."""

    stalled_after_s: float
    """Seconds without sound after which it counts as stalled."""

    def listen(self, stopping: Event, clock: Clock = REAL) -> Iterator[Item]:
        """Yield what comes until `stopping` is set, or until the sound is over for good.

        Pauses and times are those of `clock`.

        Raises
        ------
        SourceLostError
            If the sound breaks off, or does not begin.
        """
        ...
