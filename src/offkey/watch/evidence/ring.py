"""The newest sound of a source, held in bounded memory, out of which clips are cut."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from offkey.audio.channel import Samples
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.source import Begin, Item

__all__ = ["Cut", "SoundRing"]

_FULL_SCALE = 32_768.0
_MOST_BYTES = 64 * 1024 * 1024  # of one machine, whatever rate and channels its source has

Whole = NDArray[np.int16]


@dataclass(frozen=True)
class Cut:
    """A stretch of what a source gave.

    `samples`: shape (n, channels).
    `rate`: of the source, in Hz.
    `began`: when the first sample was taken, in seconds since 1970 UTC.
    `gaps`: where no sound came, from and to, in seconds from the begin; there the samples are 0.
    """

    samples: Whole
    rate: int
    began: float
    gaps: tuple[tuple[float, float], ...] = ()

    @property
    def ended(self) -> float:
        """When the sample after the last one would have been taken, in seconds since 1970 UTC."""
        return self.began + len(self.samples) / self.rate

    def before(self, moment: float) -> Cut:
        """Return what of it lies before a moment in seconds since 1970 UTC."""
        n = min(max(0, round((moment - self.began) * self.rate)), len(self.samples))
        kept = tuple((low, min(high, n / self.rate)) for low, high in self.gaps if low < n / self.rate)
        return replace(self, samples=self.samples[:n], gaps=kept)


@dataclass
class _Stretch:
    """Samples without a gap: the number of the first one, and when it was taken."""

    first: int
    at: float


class SoundRing:
    """The newest sound of one source, as it came, in 16 bits.

    It takes two bytes per sample and channel, and at most 64 MiB: at 16 kHz and with one channel 32 kB a second. Where
    a source comes back with another rate or other channels, what was held before is dropped.

    `seconds`: of sound that are held, gaps not counted; fewer where 64 MiB are too little for them.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._rate = 0
        self._held: Whole = np.empty((0, 1), np.int16)
        self._count = 0  # samples that came since the memory was taken
        self._stretches = deque[_Stretch]()
        self._begin = Begin(1, 0.0)

    def feed(self, item: Item) -> None:
        """Take what came of the source next."""
        if isinstance(item, Begin):
            self._begin = item
            if self._stretches and self._stretches[-1].first == self._count:  # nothing came of it
                self._stretches.pop()
            self._stretches.append(_Stretch(self._count, item.at))
        elif isinstance(item, Correction):
            if self._stretches:
                self._stretches[-1].at += item.seconds
        elif isinstance(item, np.ndarray) and len(item):
            self._write(item)

    def cut(self, begin: float, end: float) -> Cut | None:
        """Return what is held of the time between two moments in seconds since 1970 UTC; None if that is nothing."""
        pieces: list[Whole] = []
        gaps: list[tuple[float, float]] = []
        began, placed = 0.0, 0
        for first, last, at in self._parts(begin, end):
            if not pieces:
                began = at
            missing = round((at - began) * self._rate) - placed
            if missing > 0:
                gaps.append((placed / self._rate, (placed + missing) / self._rate))
                pieces.append(np.zeros((missing, self._held.shape[1]), np.int16))
            start = first + max(0, -missing)  # stretches that overlap, as their clocks say: the earlier one counts
            if start < last:
                pieces.append(self._between(start, last))
                placed += max(0, missing) + last - start
        return Cut(np.concatenate(pieces), self._rate, began, tuple(gaps)) if pieces else None

    def _parts(self, begin: float, end: float) -> list[tuple[int, int, float]]:
        """Return of each stretch the samples between two moments, from and to, and when the first was taken."""
        found = []
        ends = [*[stretch.first for stretch in self._stretches][1:], self._count]
        for stretch, last in zip(self._stretches, ends, strict=True):
            low = max(stretch.first + round((begin - stretch.at) * self._rate), stretch.first, self._oldest)
            high = min(stretch.first + round((end - stretch.at) * self._rate), last)
            if low < high:
                found.append((low, high, stretch.at + (low - stretch.first) / self._rate))
        return found

    def _write(self, block: Samples) -> None:
        if (self._rate, self._held.shape[1]) != (self._begin.rate, block.shape[1]) or not len(self._held):
            self._allocate(self._begin.rate, block.shape[1])
        size = len(self._held)
        whole = np.clip(np.rint(block[-size:] * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16)
        place = (self._count + len(block) - len(whole)) % size
        fits = min(len(whole), size - place)
        self._held[place : place + fits] = whole[:fits]
        self._held[: len(whole) - fits] = whole[fits:]
        self._count += len(block)
        while len(self._stretches) > 1 and self._stretches[1].first <= self._oldest:
            self._stretches.popleft()

    def _allocate(self, rate: int, channels: int) -> None:
        """Take memory for another form of sound."""
        size = min(round(self._seconds * rate), _MOST_BYTES // (2 * channels))
        self._rate, self._held, self._count = rate, np.zeros((size, channels), np.int16), 0
        self._stretches = deque([_Stretch(0, self._begin.at)])

    def _between(self, first: int, last: int) -> Whole:
        """Return a copy of samples by their numbers."""
        size = len(self._held)
        place, length = first % size, last - first
        fits = min(length, size - place)
        return np.concatenate([self._held[place : place + fits], self._held[: length - fits]])

    @property
    def _oldest(self) -> int:
        """The number of the oldest sample that is held."""
        return max(0, self._count - len(self._held))
