"""The state of a source, from what came of it and when; none is final."""

from __future__ import annotations

from collections import deque
from typing import Literal, TypeAlias

import numpy as np

from offkey.audio.channel import Samples

__all__ = ["SourceState", "SourceStates", "is_clipped"]

SourceState: TypeAlias = Literal[
    "waiting", "healthy", "silent", "clipped", "stalled", "reconnecting", "flapping", "ended"
]

_DROPS, _DROPS_S = 3, 900.0  # so many drops within so many seconds are flapping
_LASTING_S = 10.0  # that silence or clipping must last
_FULL_SCALE, _CLIPPED_SHARE = 0.999, 0.001  # where a block is clipped: so many of its samples are at full scale


class SourceStates:
    """Follows a source on a clock that only goes forward.

    - ``waiting``: it has given no sound yet;
    - ``healthy``: sound comes;
    - ``silent``: every sample has been the same for 10 s: a microphone without power, a cable that is out;
    - ``clipped``: it has been too loud for its converter for 10 s;
    - ``stalled``: it is connected, and no sound comes;
    - ``reconnecting``: it broke off, and is tried again;
    - ``flapping``: it broke off three times within 15 minutes;
    - ``ended``: its sound is over, as that of a pipe.

    `stalled_after_s`: see `Source`.
    """

    def __init__(self, stalled_after_s: float) -> None:
        self._stalled_after_s = stalled_after_s
        self._last_s: float | None = None
        self._drops = deque[float](maxlen=_DROPS)
        self._is_lost = self._has_ended = False
        self._silent_since: float | None = None
        self._clipped_since: float | None = None
        self.reason = ""

    def received(self, block: Samples, now: float) -> None:
        """Take a block of samples of shape (n, channels) at a time in seconds."""
        silent = float(block.min()) == float(block.max())
        clipped = not silent and is_clipped(block)
        self._silent_since = _since(self._silent_since, silent, now)
        self._clipped_since = _since(self._clipped_since, clipped, now)
        self._last_s, self._is_lost, self.reason = now, False, ""

    def lost(self, reason: str, now: float) -> None:
        """Note that the sound broke off, or did not begin; only what came before can drop."""
        if self._last_s is not None and not self._is_lost:
            self._drops.append(now)
            self._is_lost = True
        self.reason = reason

    def ended(self) -> None:
        """Note that the sound is over for good."""
        self._has_ended = True

    def state(self, now: float) -> SourceState:
        """Return the state at a time in seconds."""
        if self._has_ended:
            return "ended"
        if self._last_s is None:
            return "waiting"
        if len(self._drops) == _DROPS and now - self._drops[0] < _DROPS_S:
            return "flapping"
        if self._is_lost:
            return "reconnecting"
        if now - self._last_s > self._stalled_after_s:
            return "stalled"
        if self._silent_since is not None and now - self._silent_since >= _LASTING_S:
            return "silent"
        if self._clipped_since is not None and now - self._clipped_since >= _LASTING_S:
            return "clipped"
        return "healthy"


def is_clipped(block: Samples) -> bool:
    """Tell whether sound was too loud for its converter: whether one sample in a thousand is at full scale."""
    return float(np.mean(np.abs(block) >= _FULL_SCALE)) >= _CLIPPED_SHARE


def _since(before: float | None, holds: bool, now: float) -> float | None:
    """Return since when something holds without a break."""
    if not holds:
        return None
    return now if before is None else before
