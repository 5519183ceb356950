"""The operation of a machine during one clip, which its sound and its faults follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offkey.synthetic.spans import Spans
from offkey.synthetic.spectrum import Samples

__all__ = ["Operation"]


@dataclass(frozen=True)
class Operation:
    """The motion of one machine over one clip."""

    rate: int
    load: float  # operating condition, 0 to 1
    angle: NDArray[np.float64]  # revolutions of the main shaft, never falling; a valve counts its cycles
    shaft_hz: float  # while it moves
    order: int  # pulses a revolution of the main source: blades, vanes, teeth
    activity: Samples  # how strongly it moves or flows, 0 to 1
    events: Spans = ()  # strokes in seconds; none for a machine that runs steadily
    gains: tuple[float, ...] = ()  # strength of each stroke, 1 unless it is weak or missing

    @property
    def n(self) -> int:
        """Number of samples."""
        return len(self.angle)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.n / self.rate

    @property
    def seconds(self) -> NDArray[np.float64]:
        """Time of each sample."""
        return np.arange(self.n) / self.rate

    @property
    def whole(self) -> Spans:
        """The whole clip as one stretch."""
        return ((0.0, self.duration_s),)

    @property
    def moving(self) -> Spans:
        """When it moves: its strokes, or the whole clip."""
        return self.events or self.whole

    @property
    def resting(self) -> Spans:
        """When it does not: between its strokes; nothing for a machine that runs steadily."""
        if not self.events:
            return ()
        starts = (0.0, *(end for _, end in self.events))
        ends = (*(start for start, _ in self.events), self.duration_s)
        return tuple((start, end) for start, end in zip(starts, ends, strict=True) if end - start > 0.02)

    def gain(self, *, before_s: float = 0.01, after_s: float = 0.01) -> Samples:
        """Return the strength of the stroke at each sample: 1 outside strokes, widened by `before_s` and `after_s`."""
        gain = np.ones(self.n, dtype=np.float32)
        for (start_s, end_s), strength in zip(self.events, self.gains, strict=False):
            start = max(0, int((start_s - before_s) * self.rate))
            gain[start : int((end_s + after_s) * self.rate)] = strength
        return gain

    def times_of(self, angles: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return when the shaft passes given angles (in revolutions), in seconds."""
        after = np.clip(np.searchsorted(self.angle, angles), 1, self.n - 1)
        step = self.angle[after] - self.angle[after - 1]
        part = (angles - self.angle[after - 1]) / np.where(step > 0.0, step, 1.0)
        return (after - 1 + np.clip(part, 0.0, 1.0)) / self.rate
