"""The base of all synthetic machines: fixed parameters by id, a motion by clip, and a sound."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Self

import numpy as np

from offkey.synthetic.noise import slow_curve
from offkey.synthetic.operation import Operation
from offkey.synthetic.seeding import ParameterDraw
from offkey.synthetic.spectrum import Samples

__all__ = ["Machine", "steady"]


class Machine(ABC):
    """Base of all machines; an instance is one machine id with its fixed parameters."""

    name: ClassVar[str]
    faults: ClassVar[tuple[str, ...]]

    @classmethod
    @abstractmethod
    def draw(cls, spread: ParameterDraw) -> Self:
        """Draw the fixed parameters of one machine id."""

    @abstractmethod
    def operate(self, load: float, n: int, rate: int, rng: np.random.Generator) -> Operation:
        """Draw the motion over one clip of `n` samples; load is 0 to 1."""

    @abstractmethod
    def sound(self, operation: Operation, rng: np.random.Generator) -> Samples:
        """Return the sound of a motion at the machine, at any level.

        The draws from `rng` do not depend on the strengths of the strokes, so that a clip with a missing
        stroke is otherwise the same clip.
        """

    @abstractmethod
    def level_db(self, load: float) -> float:
        """Return the mean level at the microphone, in dB re full scale."""


def steady(
    shaft_hz: float, order: int, load: float, n: int, rate: int, rng: np.random.Generator, *, wander: float
) -> Operation:
    """Return the motion of a machine that turns all the time; `wander` is the relative deviation of its speed."""
    start = rng.random()
    speed = shaft_hz * (1.0 + wander * slow_curve(n, rate, 0.6, rng).astype(np.float64))
    activity = np.clip(0.75 + 0.1 * slow_curve(n, rate, 2.0, rng), 0.0, 1.0).astype(np.float32)
    return Operation(rate, load, start + np.cumsum(speed) / rate, shaft_hz, order, activity)
