"""A local defect in a rolling bearing."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from offkey.synthetic.faults.fault import AddedFault, FaultSound
from offkey.synthetic.impacts import ring
from offkey.synthetic.operation import Operation
from offkey.synthetic.spectrum import Samples, top_hz

__all__ = ["Bearing"]


class Bearing(AddedFault):
    """Impacts at the ball-pass frequency, with slip, that excite a resonance; stronger and weaker by turns.

    With Z balls of diameter d on a pitch circle D, contact angle 0, the impacts come at Z/2 (1 - d/D) times
    the shaft speed for a defect of the outer race and Z/2 (1 + d/D) for one of the inner race; the cage
    turns at (1 - d/D)/2. Slip makes the intervals random by 1 to 2 %. A defect of the inner race passes through
    the load zone once a revolution, one of the outer race stays in it and is modulated by the cage.
    Source: Randall and Antoni, "Rolling element bearing diagnostics - a tutorial", Mechanical Systems and
    Signal Processing 25, 2011.
    """

    name: ClassVar[str] = "bearing"
    full_db: ClassVar[float] = 1.5

    def sound(self, operation: Operation, normal: Samples, severity: float, rng: np.random.Generator) -> FaultSound:
        """Return the fault's sound."""
        rate = operation.rate
        balls, ratio, inner = int(rng.integers(7, 13)), rng.uniform(0.18, 0.3), rng.random() < 0.5
        passes = balls / 2.0 * (1.0 + ratio if inner else 1.0 - ratio)
        angle = operation.angle
        count = max(int((angle[-1] - angle[0]) * passes * 1.02), 1)
        steps = (1.0 + rng.uniform(0.01, 0.02) * rng.normal(size=count)) / passes
        hits = angle[0] + rng.random() / passes + np.cumsum(steps)
        hits = hits[hits < angle[-1]]
        around = hits if inner else hits * (1.0 - ratio) / 2.0
        depth = 0.8 if inner else 0.4
        force = (1.0 + depth * np.cos(2.0 * np.pi * around)) * np.exp(0.15 * rng.normal(size=len(hits)))
        resonance_hz = min(float(rng.uniform(2600.0, 5600.0)), 0.65 * top_hz(rate))
        decay_s = rng.uniform(10.0, 20.0) / (np.pi * resonance_hz)
        modes = [(resonance_hz, decay_s, 1.0), (1.13 * resonance_hz, 0.7 * decay_s, 0.5)]
        sound = ring(operation.times_of(hits), force, modes, operation.n, rate)
        return FaultSound(sound, operation.moving, (0.6 * resonance_hz, min(1.7 * resonance_hz, top_hz(rate))))
