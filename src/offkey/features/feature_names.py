"""The names of features: the columns of a table of features."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["block_names", "hertz", "numbered", "unique"]

_DECIMALS = range(7)


def hertz(frequencies: ArrayLike) -> list[str]:
    """Return frequencies in Hz as texts such as ``"1234hz"``, with as few decimals as tell them apart."""
    values = np.asarray(frequencies, float)
    for decimals in _DECIMALS:
        texts = [f"{value:.{decimals}f}hz" for value in values]
        if len(set(texts)) == len(texts):
            break
    return texts


def block_names(pooling: Sequence[float], *, deviation: bool, change: bool) -> list[str]:
    """Return what each block of `offkey.features.pooling.pool` is called: "mean", "max", "gwrp0.98", "std", "change".

    GWRP is the generalised weighted ranking pooling, of which the mean and the maximum are the ends.
    """
    ends = {1.0: "mean", 0.0: "max"}
    return [*(ends.get(r, f"gwrp{r:g}") for r in pooling), *["std"] * deviation, *["change"] * change]


def numbered(word: str, n: int) -> list[str]:
    """Return names that only count, from 1: ``"embedding_0001"``."""
    return [f"{word}_{number:04d}" for number in range(1, n + 1)]


def unique(names: Iterable[str]) -> list[str]:
    """Return names of which each stands there once: the second of the same gets a 2 behind it, and so on."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return found
