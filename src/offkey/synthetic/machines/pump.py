"""A centrifugal pump with its motor."""

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

__all__ = ["Pump"]


@dataclass(frozen=True)
class Pump(Machine):
    """Motor hum at twice the mains frequency, vane-pass tones, flow noise and pressure pulsation.

    The hum stays where the mains is; the shaft slips with load (induction motor behind an inverter that
    raises its speed with load), and vane pass and rotor slots follow it. Flow noise rings in the
    pipes and pulsates with the pressure.
    """

    vanes: int
    shaft_hz: float  # at half load
    slots: int  # of the rotor: a whine at slots x shaft speed
    pipes: tuple[tuple[float, float, float], ...]  # resonances: Hz, quality factor, height in dB
    flow_hz: float  # where the flow noise starts to fall
    hum_db: float  # against the flow noise
    vane_db: float  # against the flow noise
    slot_db: float  # against the flow noise
    pulsation: float  # depth of the pressure pulsation at vane pass
    mean_db: float  # at half load

    name: ClassVar[str] = "pump"
    faults: ClassVar[tuple[str, ...]] = (
        "imbalance",
        "misalignment",
        "bearing",
        "leak",
        "cavitation",
        "rattle",
        "clogging",
    )
    mains_hz: ClassVar[float] = 50.0

    @classmethod
    def draw(cls, spread: ParameterDraw) -> Self:
        """Draw the fixed parameters of one machine id."""
        return cls(
            vanes=spread.integer(4, 7),
            shaft_hz=spread.uniform(38.0, 49.0),
            slots=spread.integer(26, 44),
            pipes=tuple(
                (spread.log_uniform(low, high), spread.uniform(4.0, 12.0), spread.uniform(5.0, 11.0))
                for low, high in ((350.0, 800.0), (900.0, 1800.0), (2000.0, 3800.0))
            ),
            flow_hz=spread.uniform(700.0, 1800.0),
            hum_db=spread.uniform(-5.0, 1.0),
            vane_db=spread.uniform(-6.0, 0.0),
            slot_db=spread.uniform(-18.0, -10.0),
            pulsation=spread.uniform(0.1, 0.3),
            mean_db=spread.uniform(-34.0, -28.0),
        )

    def operate(self, load: float, n: int, rate: int, rng: np.random.Generator) -> Operation:
        """Draw the motion over one clip."""
        return steady(self.shaft_hz * (0.9 + 0.2 * load), self.vanes, load, n, rate, rng, wander=0.0015)

    def sound(self, operation: Operation, rng: np.random.Generator) -> Samples:
        """Return the sound of a motion at the machine, at any level."""
        n, rate, angle = operation.n, operation.rate, operation.angle
        highest = top_hz(rate) / (1.01 * operation.shaft_hz)
        mains = 2.0 * self.mains_hz * operation.seconds + rng.random()
        hum = periodic(mains, {1: 1.0, 2: 0.5, 3: 0.3, 4: 0.12, 6: 0.05}, top_hz(rate) / 100.0, rng)
        vane_pass = periodic(angle, self._lines(), highest, rng)
        whine = periodic(angle * self.slots, {1: 1.0, 2: 0.3}, highest / self.slots, rng) * cosine(mains / 2.0)
        hz = frequencies(n, rate)
        flow = coloured(n, tilt(hz, self.flow_hz * (0.8 + 0.4 * operation.load), 6.0) * peaks(hz, self.pipes), rng)
        pressure = 1.0 + np.float32(self.pulsation) * cosine(angle * self.vanes)
        surge = 1.0 + np.float32(0.08) * slow_curve(n, rate, 1.5, rng)
        tones: Samples = (
            amplitude(self.hum_db) * hum + amplitude(self.vane_db) * vane_pass + amplitude(self.slot_db) * whine
        )
        flowing: Samples = amplitude(6.0 * (operation.load - 0.5)) * flow * pressure * surge
        return tones + flowing

    def level_db(self, load: float) -> float:
        """Return the mean level at the microphone, in dB re full scale."""
        return self.mean_db + 6.0 * (load - 0.5)

    def _lines(self) -> dict[int, float]:
        lines = {1: 0.05, 2: 0.03}
        for harmonic in range(1, 7):
            strength = float(amplitude(-5.0 * (harmonic - 1)))
            lines[harmonic * self.vanes] = strength
            for side in (-1, 1):
                lines[harmonic * self.vanes + side] = 0.05 * strength
        return lines
