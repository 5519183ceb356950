"""Random streams by name, so that one clip never depends on what else was made."""

from __future__ import annotations

import zlib

import numpy as np

__all__ = ["ParameterDraw", "stream"]

_STRIDES = (0.6180339887, 0.7548776662, 0.5698402910, 0.8191725134)
"""Fractional parts of the generalised golden ratios: multiples of each spread evenly over [0, 1)."""


def stream(*key: int | str) -> np.random.Generator:
    """Return the random generator of a key such as ``(seed, "fan", 2, "source", 17)``; ints are 0 or more.

    Equal keys give equal generators on every machine and in every process, different keys independent ones.
    """
    words = [zlib.crc32(part.encode()) if isinstance(part, str) else part for part in key]
    return np.random.default_rng(np.random.SeedSequence(words))


class ParameterDraw:
    """Fixed parameters of the machine ids of one machine: random, yet far apart from id to id.

    The j-th draw of id i is ``frac(u_j + i * s_j)`` of its range, where u_j is random by seed and
    machine, and s_j an additive recurrence with low discrepancy, so that even two ids differ clearly.
    """

    def __init__(self, seed: int, machine: str, machine_id: int) -> None:
        self._offsets = stream(seed, "parameters", machine)
        self._machine_id = machine_id
        self._drawn = 0

    def uniform(self, low: float, high: float) -> float:
        """Draw a number between `low` and `high`."""
        stride = _STRIDES[self._drawn % len(_STRIDES)]
        self._drawn += 1
        return low + (high - low) * float((self._offsets.random() + self._machine_id * stride) % 1.0)

    def integer(self, low: int, high: int) -> int:
        """Draw a whole number from `low` to `high`, both included."""
        return min(int(self.uniform(low, high + 1)), high)

    def log_uniform(self, low: float, high: float) -> float:
        """Draw a number between `low` and `high`, evenly in its logarithm: for frequencies and times."""
        return float(np.exp(self.uniform(float(np.log(low)), float(np.log(high)))))
