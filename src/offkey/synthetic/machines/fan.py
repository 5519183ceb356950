"""An axial fan in a duct."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from offkey.synthetic.levels import amplitude
from offkey.synthetic.machines.machine import Machine, steady
from offkey.synthetic.noise import coloured, slow_curve
from offkey.synthetic.operation import Operation
from offkey.synthetic.seeding import ParameterDraw
from offkey.synthetic.spectrum import Samples, frequencies, peaks, tilt, top_hz
from offkey.synthetic.tones import cosine, periodic

__all__ = ["Fan"]


@dataclass(frozen=True)
class Fan(Machine):
    """Blade-pass harmonics, turbulence through the resonances of a duct, and the tone of a bearing.

    Tones lie at multiples of blades x shaft speed; blades that differ a little add lines at the shaft
    speed around them. Sound power grows with the fifth power of speed (fan law), and the corner of the
    turbulence moves with it.
    """

    blades: int
    shaft_hz: float  # at half load
    duct: tuple[tuple[float, float, float], ...]  # resonances: Hz, quality factor, height in dB
    corner_hz: float  # where the turbulence starts to fall at half load
    fall_db: float  # per octave
    harmonic_db: float  # fall from one blade-pass harmonic to the next
    tonal_db: float  # blade-pass tones against the turbulence
    bearing_order: float  # tone of the motor's bearing in multiples of the shaft speed
    mean_db: float  # at half load

    name: ClassVar[str] = "fan"
    faults: ClassVar[tuple[str, ...]] = ("imbalance", "misalignment", "bearing", "rattle", "squeal", "clogging")

    @classmethod
    def draw(cls, spread: ParameterDraw) -> Self:
        """Draw the fixed parameters of one machine id."""
        return cls(
            blades=spread.integer(5, 9),
            shaft_hz=spread.uniform(20.0, 34.0),
            duct=tuple(
                (spread.log_uniform(low, high), spread.uniform(3.0, 8.0), spread.uniform(5.0, 10.0))
                for low, high in ((250.0, 500.0), (600.0, 1200.0), (1500.0, 3000.0))
            ),
            corner_hz=spread.uniform(250.0, 700.0),
            fall_db=spread.uniform(4.0, 6.0),
            harmonic_db=spread.uniform(4.0, 8.0),
            tonal_db=spread.uniform(-6.0, 1.0),
            bearing_order=spread.uniform(42.0, 68.0),
            mean_db=spread.uniform(-32.0, -26.0),
        )

    def speed(self, load: float) -> float:
        """Return the speed at a load, relative to half load: 0.85 to 1.15."""
        return 0.85 + 0.3 * load

    def operate(self, load: float, n: int, rate: int, rng: np.random.Generator) -> Operation:
        """Draw the motion over one clip."""
        return steady(self.shaft_hz * self.speed(load), self.blades, load, n, rate, rng, wander=0.004)

    def sound(self, operation: Operation, rng: np.random.Generator) -> Samples:
        """Return the sound of a motion at the machine, at any level."""
        n, rate, angle = operation.n, operation.rate, operation.angle
        highest = top_hz(rate) / (1.02 * operation.shaft_hz)
        tones = periodic(angle, self._lines(), highest, rng)
        hz = frequencies(n, rate)
        corner_hz = self.corner_hz * self.speed(operation.load)
        turbulence = coloured(n, tilt(hz, corner_hz, self.fall_db) * peaks(hz, self.duct), rng)
        gusts = 1.0 + np.float32(0.06) * slow_curve(n, rate, 3.0, rng)
        passing = 1.0 + np.float32(0.15) * cosine(angle * self.blades)
        bearing = periodic(angle * self.bearing_order, {1: 0.03, 2: 0.015}, highest / self.bearing_order, rng)
        bearing *= 1.0 + np.float32(0.3) * cosine(angle)
        air: Samples = gusts * (amplitude(self.tonal_db) * tones + passing * turbulence)
        return air + bearing

    def level_db(self, load: float) -> float:
        """Return the mean level at the microphone, in dB re full scale."""
        return self.mean_db + 50.0 * float(np.log10(self.speed(load)))

    def _lines(self) -> dict[int, float]:
        lines = {1: 0.04, 2: 0.02}
        for harmonic in range(1, 9):
            strength = float(amplitude(-self.harmonic_db * (harmonic - 1)))
            lines[harmonic * self.blades] = strength
            for side in (-2, -1, 1, 2):
                lines[harmonic * self.blades + side] = 0.08 / abs(side) * strength
        return lines
