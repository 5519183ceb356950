"""The noise that a far microphone explains: as of before an event while it lasts, so that a fault is not taken away."""

from __future__ import annotations

from collections import deque

from offkey.audio.two_microphones import Gain

__all__ = ["NoiseEstimate"]

_APART_S = 30.0
_KEPT = 120  # of an hour: the slow path finds an event long after it began


class NoiseEstimate:
    """Keeps the gains of a near and a far microphone, see `offkey.audio.two_microphones`, and holds one of them.

    A fault that the far microphone hears, too, would be taken for noise: the gain of each window is estimated with it.

    `held`: the gain that counts now; None for that of each window by itself.
    """

    def __init__(self) -> None:
        self._gains = deque[tuple[float, Gain]](maxlen=_KEPT)
        self.held: Gain | None = None

    def add(self, gain: Gain | None, end: float) -> None:
        """Take the gain of a window that ended at a time in seconds; held ones say nothing new."""
        is_new = not self._gains or not 0 <= end - self._gains[-1][0] < _APART_S
        if gain is not None and self.held is None and is_new:
            self._gains.append((end, gain))

    def hold(self, since: float | None) -> None:
        """Hold the newest gain from before a time in seconds, the oldest if there is none; let it go for None."""
        if since is None:
            self.held = None
        elif self.held is None and self._gains:
            before = [gain for end, gain in self._gains if end <= since]
            self.held = before[-1] if before else self._gains[0][1]
