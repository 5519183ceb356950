"""A rotor whose mass is not centred."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from offkey.synthetic.faults.fault import AddedFault, FaultSound
from offkey.synthetic.levels import rms
from offkey.synthetic.operation import Operation
from offkey.synthetic.spectrum import Samples, bandpass, forward, frequencies, inverse, top_hz
from offkey.synthetic.tones import cosine

__all__ = ["Imbalance"]


class Imbalance(AddedFault):
    """A strong line at the shaft speed, and all other sound of the rotor modulated by it.

    A rotating force gives once-per-revolution vibration (Randall, "Vibration-based Condition
    Monitoring", 2nd ed., 2021, chapter 2); through the bearings' clearance it modulates what the blades or
    vanes radiate, which puts sidebands at the shaft speed around their lines.
    """

    name: ClassVar[str] = "imbalance"
    full_db: ClassVar[float] = -2.0

    def sound(self, operation: Operation, normal: Samples, severity: float, rng: np.random.Generator) -> FaultSound:
        """Return the fault's sound."""
        shaft_hz, rate = operation.shaft_hz, operation.rate
        high_hz = min((2 * operation.order + 3.0) * shaft_hz, top_hz(rate))
        heavy_spot = float(rng.random())
        turning = cosine(operation.angle, heavy_spot)
        line = turning + np.float32(0.3) * cosine(2.0 * operation.angle, float(rng.random()))
        hz = frequencies(operation.n, rate)
        rotor = inverse(forward(normal) * bandpass(hz, 2.5 * shaft_hz, high_hz - 2.0 * shaft_hz), operation.n)
        sidebands = rotor * turning
        sidebands *= np.float32(rms(line) / (rms(sidebands) + 1e-20))
        return FaultSound(line + np.float32(1.2) * sidebands, operation.whole, (0.7 * shaft_hz, high_hz))
