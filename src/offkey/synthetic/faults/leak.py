"""Gas or liquid that escapes through a gap."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from offkey.synthetic.faults.fault import AddedFault, FaultSound
from offkey.synthetic.noise import coloured, slow_curve
from offkey.synthetic.operation import Operation
from offkey.synthetic.spans import envelope
from offkey.synthetic.spectrum import Samples, bandpass, frequencies, top_hz
from offkey.synthetic.tones import cosine

__all__ = ["Leak"]


class Leak(AddedFault):
    """A hiss of high frequency: steady, or pulsating with the pressure.

    Turbulent jets radiate a broad hump around a Strouhal number of some 0.2, which for gaps of a millimetre
    lies in the upper audible range (Norton and Karczub, "Fundamentals of Noise and Vibration Analysis for
    Engineers", 2nd ed., 2003, chapter 2). A machine with strokes leaks while it rests, when the valve
    should be tight.
    """

    name: ClassVar[str] = "leak"
    full_db: ClassVar[float] = 2.0

    def sound(self, operation: Operation, normal: Samples, severity: float, rng: np.random.Generator) -> FaultSound:
        """Return the fault's sound."""
        n, rate = operation.n, operation.rate
        low_hz = min(float(rng.uniform(2400.0, 3800.0)), 0.5 * top_hz(rate))
        high_hz = min(float(rng.uniform(2.0, 2.6)) * low_hz, 0.95 * top_hz(rate))
        hiss = coloured(n, bandpass(frequencies(n, rate), low_hz, high_hz, order=3), rng)
        if rng.random() < 0.5:
            pulse_hz = min(operation.shaft_hz / 8.0, 4.0) if not operation.events else operation.shaft_hz
            cycles = operation.angle * (pulse_hz / operation.shaft_hz)
            hiss *= 1.0 + np.float32(rng.uniform(0.5, 0.8)) * cosine(cycles, float(rng.random()))
        hiss *= 1.0 + np.float32(0.1) * slow_curve(n, rate, 2.0, rng)
        spans = operation.resting or operation.whole
        edge_s = 0.0 if spans == operation.whole else 0.03
        hiss *= envelope(spans, n, rate, rise_s=edge_s, fall_s=edge_s)
        return FaultSound(hiss, spans, (0.7 * low_hz, min(1.4 * high_hz, top_hz(rate))))
