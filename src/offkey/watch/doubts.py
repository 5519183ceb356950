"""Windows whose sound says more of its source than of the machine: they are no evidence of either kind."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from offkey.watch.acquisition.quality import Doubt, Flaw
from offkey.watch.scored_window import ScoredWindow

__all__ = ["Doubts"]


class Doubts:
    """Takes the scores of windows in which the source had a flaw; holds windows while that is not certain yet."""

    def __init__(self) -> None:
        self._doubt = Doubt(None)
        self._held: list[ScoredWindow] = []
        self._flaw: Flaw | None = None  # the last certain one
        self._until = -math.inf  # when the sound that had it ended

    def change(self, doubt: Doubt, at: float) -> list[ScoredWindow]:
        """Take what is known of the sound from here on; return the windows that were held until it was.

        `at`: the time of the sound, in seconds since 1970 UTC.
        """
        if self._doubt.is_certain and not doubt.is_certain:
            self._until = at
        self._doubt = doubt
        if doubt.is_certain:
            self._flaw = doubt.flaw
        return [] if self._is_open else self.release()

    def feed(self, windows: Iterable[ScoredWindow]) -> list[ScoredWindow]:
        """Take windows that are whole now; return those that need not be held."""
        if self._is_open:
            self._held += windows
            return []
        return [self._judged(window) for window in windows]

    def release(self) -> list[ScoredWindow]:
        """Return the windows that are held, as when no more sound will say more of them."""
        held, self._held = self._held, []
        return [self._judged(window) for window in held]

    @property
    def _is_open(self) -> bool:
        return self._doubt.flaw is not None and not self._doubt.is_certain

    def _judged(self, window: ScoredWindow) -> ScoredWindow:
        """Return a window without its scores where its sound had a flaw."""
        if not self._doubt.is_certain and window.start >= self._until:
            return window
        nan, error = math.nan, f"the state of the source was: {self._flaw}"
        return replace(window, score=nan, p_value=nan, surprise=nan, error=error)
