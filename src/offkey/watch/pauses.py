"""Pauses before further tries to connect, without end."""

from __future__ import annotations

import random
from collections.abc import Iterator

__all__ = ["pauses"]

_LONGEST_S, _QUICK_S = 60.0, 600.0  # of the tries of the first ten minutes


def pauses(later_s: float = 300.0, randomness: random.Random | None = None) -> Iterator[float]:
    """Yield the pauses before further tries, without end: 1, 2, 4 to 60 seconds, and others after ten minutes.

    Each is shortened by up to a half. What broke off together does not come back together (M. Brooker,
    "Exponential backoff and jitter", 2015).

    Parameters
    ----------
    later_s : float, default 300
        Pause in seconds after ten minutes.
    randomness : Random, optional
        By which pauses are shortened.
    """
    drawn = randomness or random.Random()  # noqa: S311 - no secret
    pause, passed_s = 1.0, 0.0
    while True:
        yield pause * drawn.uniform(0.5, 1.0)
        passed_s += pause
        pause = min(2 * pause, _LONGEST_S) if passed_s < _QUICK_S else later_s
