"""A machine that hums and swings, and models of it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

import offkey

__all__ = ["RATE", "fitted", "hum"]

RATE = 8_000


def hum(seconds: float, seed: int, *, rate: int = RATE, rattle: float = 0.0) -> NDArray[np.int16]:
    """Return sound of the machine with an offset of its electronics, as 16-bit samples."""
    rng, t = np.random.default_rng(seed), np.arange(round(seconds * rate)) / rate
    tone = 0.1 * np.sin(2 * np.pi * (300 + rng.normal(0, 0.3)) * t)
    swing = 0.05 * np.sin(2 * np.pi * 1200 * t) * (1 + 0.3 * np.sin(2 * np.pi * 4 * t))
    noise = rng.normal(0, 0.02 + rattle, len(t))
    sound = 0.01 + (tone + swing + noise) * (1 + 0.1 * rng.normal())
    return np.round(np.clip(sound, -1, 1) * 32767).astype(np.int16)


@cache
def _clips(rate: int, seconds: float, count: int) -> list[NDArray[np.int16]]:
    return [hum(seconds, 100 + number, rate=rate) for number in range(count)]


def fitted(*, rate: int = RATE, seconds: float = 1.0, count: int = 24, **options: Any) -> offkey.Model:
    """Return a model of the machine; options are those of `offkey.fit`."""
    return offkey.fit(_clips(rate, seconds, count), rate=rate, jobs=1, **options)
