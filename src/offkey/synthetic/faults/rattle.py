"""A loose part that knocks."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.synthetic.faults.fault import AddedFault, FaultSound
from offkey.synthetic.impacts import ring
from offkey.synthetic.noise import crossed, slow_curve
from offkey.synthetic.operation import Operation
from offkey.synthetic.spans import Spans, envelope
from offkey.synthetic.spectrum import Samples, top_hz

__all__ = ["Rattle"]

_SLOWEST_SHAFT_HZ = 8.0
"""Below this a knock a revolution is no rattle; the part then knocks at a rate of its own."""


class Rattle(AddedFault):
    """Bursts of clicks whenever the vibration passes a level: the part lifts off and falls back.

    The knocks come about once a revolution, or at the part's own 18 to 45 a second where nothing turns fast,
    with random strength and time. The worse the fault, the lower the level.
    """

    name: ClassVar[str] = "rattle"
    full_db: ClassVar[float] = 4.0

    def sound(self, operation: Operation, normal: Samples, severity: float, rng: np.random.Generator) -> FaultSound:
        """Return the fault's sound."""
        n, rate = operation.n, operation.rate
        spans = self._when(operation, severity, rng)
        knocks = self._knocks(operation, rng)
        force = np.exp(0.4 * rng.normal(size=len(knocks)))
        low_hz = min(float(rng.uniform(1200.0, 2400.0)), 0.4 * top_hz(rate))
        modes = [
            (low_hz * factor, float(rng.uniform(0.002, 0.005)), float(rng.uniform(0.5, 1.0)))
            for factor in (1.0, float(rng.uniform(1.3, 1.6)), float(rng.uniform(1.8, 2.3)))
        ]
        sound = ring(knocks, force, modes, n, rate) * envelope(spans, n, rate, rise_s=0.0, fall_s=0.01)
        return FaultSound(sound, spans, (0.6 * low_hz, min(2.8 * low_hz, top_hz(rate))))

    @staticmethod
    def _when(operation: Operation, severity: float, rng: np.random.Generator) -> Spans:
        """Return the stretches in which the vibration is above the level."""
        vibration = operation.activity * np.exp(0.3 * slow_curve(operation.n, operation.rate, 1.2, rng))
        moving = float(np.mean(operation.activity > 0.1 * operation.activity.max()))
        share = moving * (float(rng.uniform(0.2, 0.3)) + 0.35 * severity)
        return tuple(crossed(vibration, share, operation.rate, 0.08))

    @staticmethod
    def _knocks(operation: Operation, rng: np.random.Generator) -> NDArray[np.float64]:
        shaft_hz = operation.shaft_hz
        if shaft_hz >= _SLOWEST_SHAFT_HZ:
            first, last = np.ceil(operation.angle[[0, -1]])
            turns = np.arange(first, last)
            return operation.times_of(turns + 0.08 * rng.normal(size=len(turns)))
        gaps = rng.gamma(8.0, 1.0 / 8.0, size=int(50 * operation.duration_s)) / rng.uniform(18.0, 45.0)
        return np.cumsum(gaps)
