"""The scores of a minute in one row, which is all that is kept of months."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from offkey.watch.scored_window import ScoredWindow
from offkey.watch.state.shadow_rows import sounds_of, surprises_of

__all__ = ["Minute", "Minutes"]

_MINUTE_S = 60


@dataclass(frozen=True)
class Minute:
    """The scores of the windows that ended within a minute.

    `minute`: its begin, in seconds since 1970 UTC.
    `windows`, `failed`: how many there were, and how many of them have no score.
    `lowest`, `mean`, `highest`: of the scores; NaN where there is none.
    `surprises`: shape (windows,); those of the shadow, which are kept to count events from; else None.
    `state`: operating state of most of its windows, where states are known.
    `seconds`: 60; more where old rows were joined.
    `sounds`: those of the shadow, by which states are found, as of `sounds_of`; else None.
    """

    machine: str
    model: str
    minute: int
    windows: int
    failed: int
    lowest: float
    mean: float
    highest: float
    surprises: bytes | None
    state: str | None = None
    seconds: int = 60
    sounds: bytes | None = None


class Minutes:
    """Gathers windows into minutes.

    `machine`, `model`: as in `Minute`.
    """

    def __init__(self, machine: str, model: str) -> None:
        self._machine, self._model = machine, model
        self._windows: list[ScoredWindow] = []
        self._minute = 0

    def feed(self, window: ScoredWindow, *, in_shadow: bool) -> Minute | None:
        """Take a window; return the minute before it where that is over."""
        minute = int(window.end // _MINUTE_S) * _MINUTE_S
        over = self.close(in_shadow=in_shadow) if self._windows and minute != self._minute else None
        self._minute = minute
        self._windows.append(window)
        return over

    def close(self, *, in_shadow: bool) -> Minute | None:
        """Return the minute as far as it is known, and begin anew; None where no window came."""
        windows, self._windows = self._windows, []
        if not windows:
            return None
        scores = np.array([window.score for window in windows if window.error is None])
        levels = (scores.min(), scores.mean(), scores.max()) if len(scores) else (math.nan,) * 3
        failed = len(windows) - len(scores)
        low, mean, high = map(float, levels)
        states = Counter(window.state for window in windows if window.state is not None)
        return Minute(
            self._machine,
            self._model,
            self._minute,
            len(windows),
            failed,
            low,
            mean,
            high,
            surprises_of(windows) if in_shadow else None,
            states.most_common(1)[0][0] if states else None,
            sounds=sounds_of(windows) if in_shadow else None,
        )
