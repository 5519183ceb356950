"""A blocked inlet, filter or impeller."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from offkey.synthetic.faults.fault import AddedFault, FaultSound
from offkey.synthetic.noise import coloured, crossed, slow_curve
from offkey.synthetic.operation import Operation
from offkey.synthetic.spans import envelope
from offkey.synthetic.spectrum import Samples, bandpass, frequencies
from offkey.synthetic.tones import cosine

__all__ = ["Clogging"]


class Clogging(AddedFault):
    """Buffeting of low frequency in surges: the flow separates, and stall cells rotate with the rotor.

    Cells of rotating stall turn at some 0.3 to 0.6 of the shaft speed (Greitzer, "Review - axial
    compressor stall phenomena", ASME Journal of Fluids Engineering 102, 1980); the broadband noise that
    they make is modulated as they pass.
    """

    name: ClassVar[str] = "clogging"
    full_db: ClassVar[float] = 5.0

    def sound(self, operation: Operation, normal: Samples, severity: float, rng: np.random.Generator) -> FaultSound:
        """Return the fault's sound."""
        n, rate = operation.n, operation.rate
        low_hz, high_hz = float(rng.uniform(70.0, 110.0)), float(rng.uniform(450.0, 800.0))
        buffeting = coloured(n, bandpass(frequencies(n, rate), low_hz, high_hz, order=3), rng)
        cells = float(rng.uniform(0.3, 0.6)) * int(rng.integers(1, 3))
        buffeting *= 1.0 + np.float32(0.7) * cosine(cells * operation.angle)
        surging = slow_curve(n, rate, 0.5, rng)
        share = float(rng.uniform(0.3, 0.5)) + 0.4 * severity
        spans = tuple(crossed(surging, share, rate, 0.5))
        buffeting *= envelope(spans, n, rate, rise_s=0.3, fall_s=0.3)
        return FaultSound(buffeting, spans, (0.75 * low_hz, 1.3 * high_hz))
