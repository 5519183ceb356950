"""Vapour bubbles that collapse in a pump."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from offkey.synthetic.faults.fault import AddedFault, FaultSound
from offkey.synthetic.impacts import impulses
from offkey.synthetic.noise import coloured
from offkey.synthetic.operation import Operation
from offkey.synthetic.spans import envelope, parts
from offkey.synthetic.spectrum import Samples, bandpass, forward, frequencies, inverse, top_hz

__all__ = ["Cavitation"]


class Cavitation(AddedFault):
    """Crackle of many random collapses, in bursts, densest when a vane passes.

    Each collapse is a short pressure pulse with a wide spectrum; their times are random, their rate
    follows the vane pass (Brennen, "Hydrodynamics of Pumps", 1994).
    """

    name: ClassVar[str] = "cavitation"
    full_db: ClassVar[float] = 2.0

    def sound(self, operation: Operation, normal: Samples, severity: float, rng: np.random.Generator) -> FaultSound:
        """Return the fault's sound."""
        n, rate, duration_s = operation.n, operation.rate, operation.duration_s
        spans = parts(duration_s, float(rng.uniform(0.35, 0.45) + 0.35 * severity), int(rng.integers(2, 6)), rng)
        collapses = np.sort(rng.uniform(0.0, duration_s, size=int(rng.uniform(900.0, 1800.0) * duration_s)))
        vane = operation.angle[np.minimum((collapses * rate).astype(np.int64), n - 1)] * operation.order
        kept = rng.random(len(collapses)) < 0.55 + 0.45 * np.cos(2.0 * np.pi * vane)
        strength = rng.exponential(1.0, size=int(kept.sum())) * rng.choice([-1.0, 1.0], size=int(kept.sum()))
        low_hz = min(float(rng.uniform(1800.0, 3000.0)), 0.5 * top_hz(rate))
        shape = bandpass(frequencies(n, rate), low_hz, 0.95 * top_hz(rate), order=3)
        crackle = inverse(forward(impulses(collapses[kept], strength, n, rate)) * shape, n)
        crackle /= np.float32(np.sqrt(np.mean(crackle**2)) + 1e-20)
        sound = crackle + np.float32(0.4) * coloured(n, shape, rng)
        sound *= envelope(spans, n, rate, rise_s=0.05, fall_s=0.12)
        return FaultSound(sound, spans, (0.8 * low_hz, 0.5 * rate))
