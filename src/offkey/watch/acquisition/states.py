"""The state of a source, from what came of it and when; none is final."""

from __future__ import annotations

from collections import deque
from typing import Literal, TypeAlias

from offkey.audio.channel import Samples
from offkey.watch.acquisition.quality import Doubt, Flaw, Quality

__all__ = ["SourceState", "SourceStates"]

SourceState: TypeAlias = Flaw | Literal["waiting", "healthy", "stalled", "reconnecting", "failed", "flapping", "ended"]

_DROPS, _DROPS_S = 3, 900.0  # so many drops within so many seconds are flapping
_TRIES = 3  # after so many in vain a source that broke off has failed


class SourceStates:
    """Follows a source on a clock that only goes forward.

    - ``waiting``: it has given no sound yet, or is not there at all;
    - ``healthy``: sound comes;
    - ``silent``: every sample has been the same for 10 s: a microphone without power, a cable that is out;
    - ``clipped``: it has been too loud for its converter for 10 s;
    - ``offset``: its mean has been far from 0 for 10 s: a fault of its electronics;
    - ``level moved``: all octaves grew louder or weaker alike: a gain was turned, or a microphone moved;
    - ``stalled``: it is connected, and no sound comes;
    - ``reconnecting``: it broke off, and is tried again;
    - ``failed``: three tries did not bring it back; it is tried again more slowly, for ever;
    - ``flapping``: it broke off three times within 15 minutes;
    - ``ended``: its sound is over, as that of a pipe.

    `stalled_after_s`: see `Source`.
    """

    def __init__(self, stalled_after_s: float) -> None:
        self._stalled_after_s = stalled_after_s
        self._quality = Quality()
        self._last_s: float | None = None
        self._drops = deque[float](maxlen=_DROPS)
        self._tries = 0  # in vain since it broke off
        self._is_lost = self._is_absent = self._has_ended = False
        self.reason = ""

    @property
    def doubt(self) -> Doubt:
        """Whether what came last is evidence about the machine."""
        return self._quality.doubt

    def received(self, block: Samples, rate: int, now: float) -> None:
        """Take a block of samples of shape (n, channels) at a rate in Hz, which came at a time in seconds."""
        self._quality.received(block, rate)
        self._last_s, self._tries, self._is_lost, self._is_absent, self.reason = now, 0, False, False, ""

    def interrupted(self) -> None:
        """Note a gap in the sound."""
        self._quality.interrupted()

    def lost(self, reason: str, now: float, *, is_absent: bool = False) -> None:
        """Note that the sound broke off, or did not begin; only what came before can drop.

        `is_absent`: whether the source is not there at all.
        """
        if self._is_lost:
            self._tries += 1
        elif self._last_s is not None:
            self._drops.append(now)
            self._is_lost = True
        self._is_absent, self.reason = is_absent, reason

    def ended(self) -> None:
        """Note that the sound is over for good."""
        self._has_ended = True

    def state(self, now: float) -> SourceState:
        """Return the state at a time in seconds."""
        if self._has_ended:
            return "ended"
        if self._last_s is None or self._is_absent:
            return "waiting"
        if self._tries >= _TRIES:
            return "failed"
        if len(self._drops) == _DROPS and now - self._drops[0] < _DROPS_S:
            return "flapping"
        if self._is_lost:
            return "reconnecting"
        if now - self._last_s > self._stalled_after_s:
            return "stalled"
        return self._quality.flaw or "healthy"
