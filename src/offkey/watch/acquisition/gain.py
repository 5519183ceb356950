"""Jumps of the level that come from a microphone: all octaves move by the same factor, as no machine does it."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from offkey.audio.channel import Samples
from offkey.features.frames import hann

__all__ = ["Gain"]

_HALF = 10  # seconds before and after a jump that are compared, by their medians
_LEAST_DB = 6.0
_ALIKE_DB, _ALIKE_AT_FIRST_DB = 2.0, 4.0  # by which octaves may differ: of medians, and of one second
_BACK_DB = 3.0
_LONGEST_S = 3600  # after which the new level is the usual one
_OCTAVES = 6
_FRAME = 8192
_TINY = 1e-12


class Gain:
    """Follows the level of each channel in octaves, second by second.

    A gain that was turned, a microphone that was moved, or an automatic level move all octaves alike; what a machine
    does differs from octave to octave.

    `is_suspected`: whether a second has just stood out in this way, until 10 s have told.
    `has_moved`: whether the level lies away from the usual one: until it is back, or for an hour at most.
    """

    def __init__(self) -> None:
        self._held = deque[Samples]()
        self._count = 0
        self._seconds = deque[NDArray[np.float64]](maxlen=2 * _HALF)
        self._usual: NDArray[np.float64] | None = None
        self._moved_s = self._suspected_s = 0

    @property
    def is_suspected(self) -> bool:
        """Whether the level may have moved."""
        return self._suspected_s > 0

    @property
    def has_moved(self) -> bool:
        """Whether the level has moved."""
        return self._usual is not None

    def received(self, block: Samples, rate: int) -> None:
        """Take a block of samples of shape (n, channels)."""
        self._held.append(block)
        self._count += len(block)
        if self._count < rate:
            return
        sound = np.concatenate(self._held)
        whole = len(sound) // rate * rate
        for start in range(0, whole, rate):
            self._second(_octaves(sound[start : start + min(_FRAME, rate)]))
        self._held, self._count = deque([sound[whole:]]), len(sound) - whole

    def interrupted(self) -> None:
        """Note a gap: no second reaches over it, and the level behind it may be another."""
        self._held.clear()
        self._count = 0

    def _second(self, levels: NDArray[np.float64]) -> None:
        """Take the levels of a second, shape (channels, octaves), in dB."""
        if self._seconds and self._seconds[-1].shape != levels.shape:  # another number of channels
            self._seconds.clear()
            self._usual = None
        seconds = list(self._seconds)
        self._seconds.append(levels)
        if self._usual is not None:
            self._moved_s += 1
            is_back = bool((np.abs(np.median(seconds[-_HALF:], axis=0) - self._usual) <= _BACK_DB).all())
            if is_back or self._moved_s >= _LONGEST_S:
                self._usual = None
                self._seconds.clear()
            return
        self._suspected_s = max(0, self._suspected_s - 1)
        if len(seconds) < _HALF:
            return
        if _are_alike(levels - np.median(seconds[-_HALF:], axis=0), _ALIKE_AT_FIRST_DB):
            self._suspected_s = _HALF
        before, after = seconds[:-_HALF], [*seconds[-_HALF + 1 :], levels]
        if len(before) < _HALF - 1:
            return
        usual: NDArray[np.float64] = np.median(before, axis=0)
        if _are_alike(np.median(after, axis=0) - usual, _ALIKE_DB):
            self._usual, self._moved_s, self._suspected_s = usual, 0, 0


def _are_alike(moves: NDArray[np.float64], tolerance_db: float) -> bool:
    """Tell whether all octaves of any channel, shape (channels, octaves), moved by about the same, and by enough."""
    least, most = moves.min(axis=1), moves.max(axis=1)
    far = (least >= _LEAST_DB) | (most <= -_LEAST_DB)
    return bool((far & (most - least <= tolerance_db)).any())


def _octaves(sound: Samples) -> NDArray[np.float64]:
    """Return the level in each of the upper octaves, shape (channels, octaves), in dB."""
    power = np.abs(np.fft.rfft(sound * hann(len(sound))[:, None], axis=0)) ** 2
    edges = (len(power) - 1) >> np.arange(_OCTAVES, -1, -1)
    levels: NDArray[np.float64] = 10 * np.log10(np.add.reduceat(power, edges[:-1], axis=0) / len(sound) + _TINY)
    return levels.T
