"""A solenoid valve that is switched in a pattern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from offkey.synthetic.impacts import Mode, ring
from offkey.synthetic.levels import amplitude
from offkey.synthetic.machines.machine import Machine
from offkey.synthetic.noise import coloured
from offkey.synthetic.operation import Operation
from offkey.synthetic.seeding import ParameterDraw
from offkey.synthetic.spans import envelope
from offkey.synthetic.spectrum import Samples, bandpass, frequencies, top_hz
from offkey.synthetic.tones import periodic

__all__ = ["Valve"]


@dataclass(frozen=True)
class Valve(Machine):
    """Clicks at opening and closing that ring, a hiss of flow while open, and the hum of the coil.

    The pattern has two beats, a short opening and a longer one. Load is the rate of switching and, with
    it, the pressure: the hiss grows and rises.
    """

    period_s: float  # from one beat to the next at half load
    open_s: tuple[float, float]  # in either beat
    opening: tuple[Mode, ...]  # resonances of the click
    closing: tuple[Mode, ...]  # resonances of the click
    hiss_hz: float  # centre of the flow noise at half load
    hiss_db: float  # against the peak of the opening click
    closing_db: float  # against the peak of the opening click
    hum_db: float  # against the peak of the opening click
    mean_db: float  # at half load

    name: ClassVar[str] = "valve"
    faults: ClassVar[tuple[str, ...]] = ("leak", "rattle", "squeal", "missing_stroke")
    tail_s: ClassVar[float] = 0.06

    @classmethod
    def draw(cls, spread: ParameterDraw) -> Self:
        """Draw the fixed parameters of one machine id."""
        return cls(
            period_s=spread.uniform(0.8, 1.2),
            open_s=(spread.uniform(0.12, 0.2), spread.uniform(0.25, 0.4)),
            opening=_click(spread, 1.0),
            closing=_click(spread, 1.15),
            hiss_hz=spread.log_uniform(2000.0, 4000.0),
            hiss_db=spread.uniform(-40.0, -32.0),
            closing_db=spread.uniform(-4.0, 4.0),
            hum_db=spread.uniform(-52.0, -46.0),
            mean_db=spread.uniform(-41.0, -36.0),
        )

    def operate(self, load: float, n: int, rate: int, rng: np.random.Generator) -> Operation:
        """Draw the motion over one clip."""
        period_s = self.period_s / (0.85 + 0.3 * load)
        count = int(n / rate / period_s) + 2
        opens = period_s * (np.arange(count) - rng.random()) + 0.004 * rng.normal(size=count)
        beat = (np.arange(count) + int(rng.integers(2))) % 2
        closes = opens + np.asarray(self.open_s)[beat] + 0.003 * rng.normal(size=count)
        within = (opens > 0.0) & (closes + self.tail_s < n / rate)
        opens, closes = opens[within], closes[within]
        events = tuple((float(a), float(b) + self.tail_s) for a, b in zip(opens, closes, strict=True))
        activity = envelope(list(zip(opens, closes, strict=True)), n, rate, rise_s=0.01, fall_s=0.02)
        strength = tuple(float(g) for g in np.exp(0.06 * rng.normal(size=len(events))))
        cycles = np.arange(n) / rate / period_s
        return Operation(rate, load, cycles, 1.0 / period_s, 1, activity, events, strength)

    def sound(self, operation: Operation, rng: np.random.Generator) -> Samples:
        """Return the sound of a motion at the machine, at any level."""
        n, rate = operation.n, operation.rate
        opens = [start for start, _ in operation.events]
        closes = [end - self.tail_s for _, end in operation.events]
        force = np.exp(0.08 * rng.normal(size=(2, len(opens))))
        clicks = ring(opens, force[0], self.opening, n, rate)
        clicks += amplitude(self.closing_db) * ring(closes, force[1], self.closing, n, rate)
        centre_hz = min(self.hiss_hz * (0.9 + 0.2 * operation.load), 0.7 * top_hz(rate))
        hz = frequencies(n, rate)
        hiss = coloured(n, bandpass(hz, 0.6 * centre_hz, 1.6 * centre_hz, order=2), rng) * operation.activity
        hum = periodic(100.0 * operation.seconds, {1: 1.0, 2: 0.5, 3: 0.5, 5: 0.3}, top_hz(rate) / 100.0, rng)
        hissing = amplitude(self.hiss_db + 8.0 * (operation.load - 0.5)) * 4.0 * hiss
        # the reverberant tail of a click outlasts its stroke, so its gain holds a little longer
        return (clicks + hissing) * operation.gain(after_s=0.1) + amplitude(self.hum_db) * 4.0 * hum

    def level_db(self, load: float) -> float:
        """Return the mean level at the microphone, in dB re full scale."""
        return self.mean_db + 5.0 * (load - 0.5)


def _click(spread: ParameterDraw, stretch: float) -> tuple[Mode, ...]:
    """Draw the resonances of a click: a heavily damped knock of the armature, and the body's own."""
    knock = (spread.uniform(2500.0, 4000.0), 0.0004, 2.0)
    bands = ((180.0, 400.0), (700.0, 1400.0), (1500.0, 2600.0), (2800.0, 4200.0), (4500.0, 6000.0))
    body = tuple(
        (stretch * spread.log_uniform(low, high), spread.log_uniform(0.004, 0.016), spread.uniform(0.25, 0.8))
        for low, high in bands
    )
    return (knock, *body)
