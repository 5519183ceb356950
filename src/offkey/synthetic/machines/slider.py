"""A slide rail that moves a load to and fro."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from offkey.synthetic.impacts import Mode, ring
from offkey.synthetic.levels import amplitude
from offkey.synthetic.machines.machine import Machine
from offkey.synthetic.noise import coloured, slow_curve
from offkey.synthetic.operation import Operation
from offkey.synthetic.seeding import ParameterDraw
from offkey.synthetic.spectrum import Samples, frequencies, peaks, tilt, top_hz
from offkey.synthetic.tones import periodic

__all__ = ["Slider"]


@dataclass(frozen=True)
class Slider(Machine):
    """Strokes of constant length: acceleration, constant speed, deceleration, a stop, and back.

    The motor's whine follows the speed, the rail's noise grows with it and rings in the frame, and
    each stroke ends in a soft blow. Load is how fast the rail is driven.
    """

    stroke_s: float  # at half load
    pause_s: float  # at either end
    ramp: float  # share of a stroke in which it accelerates, and again in which it brakes
    motor_hz: float  # at constant speed and half load
    teeth: int  # order of the whine
    frame: tuple[tuple[float, float, float], ...]  # resonances of the rail noise: Hz, quality factor, height in dB
    stops: tuple[Mode, ...]  # resonances of the blow at the end
    whine_db: float  # against the rail noise
    stop_db: float  # against the rail noise
    mean_db: float  # at half load

    name: ClassVar[str] = "slider"
    faults: ClassVar[tuple[str, ...]] = ("bearing", "rattle", "squeal", "rail_damage", "missing_stroke")

    @classmethod
    def draw(cls, spread: ParameterDraw) -> Self:
        """Draw the fixed parameters of one machine id."""
        return cls(
            stroke_s=spread.uniform(0.7, 1.1),
            pause_s=spread.uniform(0.2, 0.4),
            ramp=spread.uniform(0.15, 0.3),
            motor_hz=spread.uniform(28.0, 45.0),
            teeth=spread.integer(10, 24),
            frame=tuple(
                (spread.log_uniform(low, high), spread.uniform(3.0, 9.0), spread.uniform(5.0, 11.0))
                for low, high in ((500.0, 1100.0), (1300.0, 2600.0), (3000.0, 5200.0))
            ),
            stops=tuple(
                (spread.log_uniform(low, high), spread.log_uniform(0.008, 0.03), spread.uniform(0.4, 1.0))
                for low, high in ((120.0, 240.0), (300.0, 700.0), (900.0, 2400.0))
            ),
            whine_db=spread.uniform(-6.0, 2.0),
            stop_db=spread.uniform(2.0, 8.0),
            mean_db=spread.uniform(-36.0, -30.0),
        )

    def speed(self, load: float) -> float:
        """Return the speed at a load, relative to half load: 0.8 to 1.2."""
        return 0.8 + 0.4 * load

    def operate(self, load: float, n: int, rate: int, rng: np.random.Generator) -> Operation:
        """Draw the motion over one clip."""
        stroke_s, cycle_s = self.stroke_s / self.speed(load), self.stroke_s / self.speed(load) + self.pause_s
        count = int(n / rate / (0.9 * cycle_s)) + 3
        lengths = stroke_s * (1.0 + 0.015 * rng.normal(size=count))
        pauses = self.pause_s * (1.0 + 0.03 * rng.normal(size=count))
        starts = np.concatenate([[0.0], np.cumsum(lengths + pauses)[:-1]]) - rng.uniform(0.0, 1.0) * cycle_s
        velocity = np.zeros(n)
        events = []
        for start, length in zip(starts, lengths, strict=True):
            first, last = max(0, int(start * rate)), min(n, int((start + length) * rate))
            if last - first > 0.02 * rate:
                part = (np.arange(first, last) / rate - start) / length
                velocity[first:last] = np.clip(np.minimum(part, 1.0 - part) / self.ramp, 0.0, 1.0)
                events.append((first / rate, last / rate))
        motor_hz = self.motor_hz * self.speed(load)
        angle = rng.random() + np.cumsum(velocity) * motor_hz / rate
        strength = tuple(float(g) for g in np.exp(0.05 * rng.normal(size=len(events))))
        return Operation(rate, load, angle, motor_hz, self.teeth, velocity.astype(np.float32), tuple(events), strength)

    def sound(self, operation: Operation, rng: np.random.Generator) -> Samples:
        """Return the sound of a motion at the machine, at any level."""
        n, rate, speed = operation.n, operation.rate, operation.activity
        highest = top_hz(rate) / operation.shaft_hz
        whine = periodic(operation.angle * self.teeth, {1: 1.0, 2: 0.5, 3: 0.35, 4: 0.15}, highest / self.teeth, rng)
        motor = periodic(operation.angle, {1: 0.1, 2: 0.2, 4: 0.2, 6: 0.1}, highest, rng)
        hz = frequencies(n, rate)
        rail = coloured(n, tilt(hz, 1500.0, 5.0) * peaks(hz, self.frame), rng)
        rail *= speed * np.sqrt(speed) * (1.0 + np.float32(0.15) * slow_curve(n, rate, 8.0, rng))
        blows = [end for _, end in operation.events if end < operation.duration_s - 1.0 / rate]
        hardness = self.speed(operation.load) * np.exp(0.1 * rng.normal(size=len(operation.events)))
        stops = ring(blows, hardness[: len(blows)], self.stops, n, rate)
        moving = amplitude(self.whine_db) * np.sqrt(speed) * (whine + motor) + rail
        idle = np.float32(0.02) * periodic(
            operation.seconds * 30.0 * self.teeth, {1: 1.0, 3: 0.5}, top_hz(rate) / (30.0 * self.teeth), rng
        )
        return (moving + amplitude(self.stop_db) * stops) * operation.gain(after_s=0.7 * self.pause_s) + idle

    def level_db(self, load: float) -> float:
        """Return the mean level at the microphone, in dB re full scale."""
        return self.mean_db + 30.0 * float(np.log10(self.speed(load)))
