"""Dry friction that sings."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from offkey.synthetic.faults.fault import AddedFault, FaultSound
from offkey.synthetic.noise import slow_curve
from offkey.synthetic.operation import Operation
from offkey.synthetic.spans import Spans, envelope, parts
from offkey.synthetic.spectrum import Samples, top_hz
from offkey.synthetic.tones import periodic

__all__ = ["Squeal"]


class Squeal(AddedFault):
    """A stick-slip tone with harmonics that wanders in pitch and roughness, during part of the clip.

    Stick-slip is a relaxation oscillation, near a saw-tooth, hence harmonics that fall like 1/k; pitch
    follows the sliding speed a little (Akay, "Acoustics of friction", Journal of the Acoustical Society of
    America 111, 2002).
    """

    name: ClassVar[str] = "squeal"
    full_db: ClassVar[float] = 2.0

    def sound(self, operation: Operation, normal: Samples, severity: float, rng: np.random.Generator) -> FaultSound:
        """Return the fault's sound."""
        n, rate = operation.n, operation.rate
        spans = self._when(operation, severity, rng)
        pitch_hz = min(float(np.exp(rng.uniform(np.log(900.0), np.log(2600.0)))), 0.3 * top_hz(rate))
        wander = 0.025 * slow_curve(n, rate, 3.0, rng) + 0.004 * slow_curve(n, rate, 40.0, rng)
        following = 0.12 * (operation.activity - 0.75)
        pitch = pitch_hz * np.clip(1.0 + wander + following, 0.85, 1.12).astype(np.float64)
        count = int(top_hz(rate) / (1.12 * pitch_hz))
        harmonics = {k: 1.0 / k for k in range(1, min(count, 7) + 1)}
        tone = periodic(np.cumsum(pitch) / rate, harmonics, count, rng)
        rough = np.clip(1.0 + 0.3 * slow_curve(n, rate, 25.0, rng), 0.2, 1.8).astype(np.float32)
        sound = tone * rough * envelope(spans, n, rate, rise_s=0.03, fall_s=0.06)
        return FaultSound(sound, spans, (0.82 * pitch_hz, min(1.15 * len(harmonics) * pitch_hz, top_hz(rate))))

    @staticmethod
    def _when(operation: Operation, severity: float, rng: np.random.Generator) -> Spans:
        share = float(rng.uniform(0.2, 0.35)) + 0.35 * severity
        if not operation.events:
            return parts(operation.duration_s, share, int(rng.integers(1, 4)), rng)
        # drawn for every event, so that a worse squeal sounds in the same ones and in more
        order = rng.permutation(len(operation.events))
        cut = rng.uniform(0.05, 0.2, size=(len(operation.events), 2))
        chosen = sorted(order[: max(1, round(share * len(order)))].tolist())
        edges = [(operation.events[k], *cut[k].tolist()) for k in chosen]
        return tuple((s + a * (e - s), e - b * (e - s)) for (s, e), a, b in edges)
