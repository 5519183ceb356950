"""Two shafts whose axes do not meet."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from offkey.synthetic.faults.fault import AddedFault, FaultSound
from offkey.synthetic.operation import Operation
from offkey.synthetic.spectrum import Samples, top_hz
from offkey.synthetic.tones import periodic

__all__ = ["Misalignment"]


class Misalignment(AddedFault):
    """Harmonics of the shaft speed, the second the strongest, as the coupling bends twice a revolution.

    Source: Randall, "Vibration-based Condition Monitoring", 2nd ed., 2021, chapter 2.
    """

    name: ClassVar[str] = "misalignment"
    full_db: ClassVar[float] = -4.0

    def sound(self, operation: Operation, normal: Samples, severity: float, rng: np.random.Generator) -> FaultSound:
        """Return the fault's sound."""
        shaft_hz = operation.shaft_hz
        strengths = {1: 0.4, 2: 1.0, 3: 0.6, 4: 0.5, 5: 0.3, 6: 0.25, 8: 0.15}
        lines = {k: a * float(np.exp(0.25 * rng.normal())) for k, a in strengths.items()}
        sound = periodic(operation.angle, lines, top_hz(operation.rate) / shaft_hz, rng)
        return FaultSound(sound, operation.whole, (0.7 * shaft_hz, min(8.5 * shaft_hz, top_hz(operation.rate))))
