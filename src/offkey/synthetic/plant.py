"""A plant of synthetic machines, from which any clip can be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from offkey.components import Interval, OneOf
from offkey.errors import ParameterError
from offkey.synthetic.arguments import check, sound_array
from offkey.synthetic.background import Background, Factory, Recorded
from offkey.synthetic.clip import FaultTruth, SyntheticClip
from offkey.synthetic.faults import FAULTS, AddedFault, MissingStroke
from offkey.synthetic.levels import amplitude, band_power, gain_for_snr, rms
from offkey.synthetic.machines import MACHINES, Machine
from offkey.synthetic.operation import Operation
from offkey.synthetic.room import Room
from offkey.synthetic.seeding import ParameterDraw, stream
from offkey.synthetic.spectrum import Samples, Spectrum, inverse

__all__ = ["LOADS", "Plant", "faults", "machines"]

LOADS: dict[str, tuple[float, float]] = {"source": (0.2, 0.6), "target": (0.7, 1.0)}
"""The range of load that each domain runs at."""

_GAIN_DB = 1.5
"""Standard deviation of a clip's level around what machine id and load make it."""


def machines() -> list[str]:
    """Return the names of the synthetic machines."""
    return list(MACHINES)


def faults(machine: str | None = None) -> list[str]:
    """Return the names of the faults that a machine, one of `machines()`, can have, or of all faults."""
    if machine is None:
        return list(FAULTS)
    check("machine", machine, OneOf(tuple(MACHINES)))
    return list(MACHINES[machine].faults)


@dataclass(frozen=True)
class _Unit:
    """One machine id where it stands."""

    machine: Machine
    room: Room


@dataclass(frozen=True)
class _Take:
    """One normal clip of a unit, and what it takes to make it again with a fault."""

    unit: _Unit
    operation: Operation
    key: tuple[int | str, ...]
    spectrum: Spectrum
    recorded: Samples
    scale: np.float32


class Plant:
    """A plant of synthetic machines with faults.

    A plant is fixed by its seed: the dimensions of its machines, its rooms, its noise. A clip is fixed by
    the plant's arguments and its own: machine, id, domain and number; it does not matter what else was drawn.
    The same clip with a fault has the same motion, noise and level as without.

    `rate`: samples a second, 8,000 to 192,000.
    `duration_s`: length of the clips, 2 to 600 seconds: long enough for a stroke of every machine.
    `snr_db`: level of the normal machine over the background, both averaged over the clip; None for no background.
    `noise`: recordings of background noise at the plant's rate, used in place of the synthetic one.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        rate: int = 16_000,
        duration_s: float = 10.0,
        snr_db: float | None = 6.0,
        noise: Sequence[ArrayLike] | None = None,
    ) -> None:
        check("seed", seed, Interval(int, 0))
        check("rate", rate, Interval(int, 8_000, 192_000))
        check("duration_s", duration_s, Interval(float, 2.0, 600.0))
        check("snr_db", snr_db, Interval(float, -60.0, 60.0, or_none=True))
        self.seed, self.rate, self.duration_s, self.snr_db = seed, rate, duration_s, snr_db
        self.n = round(duration_s * rate)
        self._background: Background = Factory.draw(seed)
        if noise is not None:
            pieces = [sound_array(f"Piece {k} of the argument 'noise'", piece, 2) for k, piece in enumerate(noise)]
            if not pieces:
                raise ParameterError(
                    "The argument 'noise' must hold at least one piece, or be None for synthetic noise."
                )
            self._background = Recorded(pieces)
        self._units: dict[tuple[str, int], _Unit] = {}

    def clip(
        self,
        machine: str,
        machine_id: int = 0,
        number: int = 0,
        *,
        fault: str | None = None,
        severity: float = 1.0,
        domain: str = "source",
    ) -> SyntheticClip:
        """Make one clip.

        `fault`: one of `faults(machine)`; the clip is normal by default.
        `domain`: ``"source"`` or ``"target"``: which range of load it runs at.
        """
        check("machine", machine, OneOf(tuple(MACHINES)))
        check("machine_id", machine_id, Interval(int, 0))
        check("number", number, Interval(int, 0))
        check("severity", severity, Interval(float, 0.0, 1.0))
        check("domain", domain, OneOf(tuple(LOADS)))
        check("fault", fault, OneOf((None, *MACHINES[machine].faults)))
        take = self._take(machine, machine_id, domain, number)
        sound, truth = take.recorded, None
        if fault is not None and severity > 0.0:
            sound, truth = self._with_fault(take, fault, severity)
        samples = sound + self._noise(take) if self.snr_db is not None else sound
        load = take.operation.load
        return SyntheticClip(samples, self.rate, machine, machine_id, domain, number, load, truth)

    def _take(self, machine: str, machine_id: int, domain: str, number: int) -> _Take:
        unit = self._unit(machine, machine_id)
        key = (self.seed, machine, machine_id, domain, number)
        rng = stream(*key, "operation")
        load = float(rng.uniform(*LOADS[domain]))
        level_db = unit.machine.level_db(load) + _GAIN_DB * float(np.clip(rng.normal(), -2.5, 2.5))
        operation = unit.machine.operate(load, self.n, self.rate, rng)
        spectrum = unit.room.spectrum(unit.machine.sound(operation, stream(*key, "sound")))
        recorded = inverse(spectrum, self.n)
        scale = amplitude(level_db) / np.float32(rms(recorded))
        recorded *= scale
        return _Take(unit, operation, key, spectrum, recorded, scale)

    def _with_fault(self, take: _Take, name: str, severity: float) -> tuple[Samples, FaultTruth]:
        rng = stream(*take.key, "fault", name)
        fault = FAULTS[name]
        if isinstance(fault, MissingStroke):
            operation, spans = fault.weaken(take.operation, severity, rng)
            dry = take.unit.machine.sound(operation, stream(*take.key, "sound"))
            faulty, band = take.unit.room.apply(dry), fault.band(self.rate)
        elif isinstance(fault, AddedFault):
            added = fault.sound(take.operation, take.recorded, severity, rng)
            spans, band = added.spans, added.band
            faulty = take.unit.room.apply(added.samples)
            in_band = band_power(take.spectrum, self.n, self.rate, band) * float(take.scale) ** 2
            overall, snr_db = rms(take.recorded) ** 2, fault.snr_db(severity)
            faulty *= gain_for_snr(faulty, self.rate, spans, in_band, overall, snr_db)
            faulty += take.recorded
        # loudness must not give the fault away: the clip keeps the level that it would have without it
        faulty *= np.float32(rms(take.recorded) / rms(faulty))
        return faulty, FaultTruth(name, severity, spans, band)

    def _noise(self, take: _Take) -> Samples:
        noise = self._background.sound(self.n, self.rate, stream(*take.key, "background"))
        noise *= np.float32(rms(take.recorded) / rms(noise) * 10.0 ** (-(self.snr_db or 0.0) / 20.0))
        return noise

    def _unit(self, machine: str, machine_id: int) -> _Unit:
        if (machine, machine_id) not in self._units:
            drawn = MACHINES[machine].draw(ParameterDraw(self.seed, machine, machine_id))
            room = Room.draw(self.n, self.rate, stream(self.seed, machine, machine_id, "room"))
            self._units[machine, machine_id] = _Unit(drawn, room)
        return self._units[machine, machine_id]
