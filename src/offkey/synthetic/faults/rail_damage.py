"""A dent or scratch in a rail."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from offkey.synthetic.faults.fault import AddedFault, FaultSound
from offkey.synthetic.impacts import ring
from offkey.synthetic.operation import Operation
from offkey.synthetic.spectrum import Samples, top_hz

__all__ = ["RailDamage"]


class RailDamage(AddedFault):
    """A short clatter each time the carriage passes one place of the rail, on the way out and back.

    Each rolling element of the carriage falls into the dent in turn, which gives a few blows in a row.
    Without strokes to follow, the clatter comes at a fixed interval.
    """

    name: ClassVar[str] = "rail_damage"
    full_db: ClassVar[float] = 11.0

    def sound(self, operation: Operation, normal: Samples, severity: float, rng: np.random.Generator) -> FaultSound:
        """Return the fault's sound."""
        rate, place = operation.rate, float(rng.uniform(0.25, 0.45))
        passes = []
        for number, (start, end) in enumerate(operation.events):
            way = place if number % 2 == 0 else 1.0 - place
            passes.append(start + way * (end - start))
        if not passes:
            passes = list(np.arange(rng.uniform(0.1, 0.5), operation.duration_s - 0.1, rng.uniform(0.7, 1.3)))
        balls, gap_s = int(rng.integers(4, 8)), float(rng.uniform(0.008, 0.014))
        blows = np.concatenate([at + gap_s * (np.arange(balls) + 0.15 * rng.normal(size=balls)) for at in passes])
        force = np.exp(0.3 * rng.normal(size=len(blows)))
        centre_hz = min(float(rng.uniform(900.0, 2200.0)), 0.4 * top_hz(rate))
        modes = [(centre_hz, 0.005, 1.0), (1.7 * centre_hz, 0.003, 0.8), (2.3 * centre_hz, 0.002, 0.5)]
        sound = ring(blows, force, modes, operation.n, rate)
        length_s = gap_s * balls + 0.02
        spans = tuple((float(at) - gap_s / 2.0, min(float(at) + length_s, operation.duration_s)) for at in passes)
        return FaultSound(sound, spans, (0.6 * centre_hz, min(3.0 * centre_hz, top_hz(rate))))
