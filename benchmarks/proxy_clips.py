"""Normal clips into which faults are mixed: a real slide rail, and synthetic machines in real factory noise."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from offkey.errors import AudioError
from offkey.synthetic import Plant, faults, machines, mix_fault

__all__ = ["RATE", "Machine", "Samples", "read", "real_slider", "synthetic_machines", "with_fault"]

RATE = 16_000
SLIDER_FIT = 45
"""How many of the 75 clips of the real slide rail train; the others are tested."""
FIT, TEST, SNR_DB = 60, 30, 0.0
"""Clips of a synthetic machine that train and that are tested, and its level over the factory noise."""

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Machine:
    """Normal clips of a machine, to learn from and to test, and the faults that it can have."""

    name: str
    train: list[Samples]
    test: list[Samples]
    faults: list[str]


def real_slider(data: Path, seed: int) -> Machine:
    """Return the real slide rail of DCASE 2020 (training clips of id 00), divided at random."""
    clips = [read(path) for path in sorted((data / "dcase2020_real" / "slider" / "train").glob("*.wav"))]
    order = np.random.default_rng(seed).permutation(len(clips))
    train, test = ([clips[number] for number in part] for part in (order[:SLIDER_FIT], order[SLIDER_FIT:]))
    return Machine("slide rail", train, test, faults("slider"))


def synthetic_machines(data: Path, seed: int) -> list[Machine]:
    """Return the machines of a plant in recorded factory noise; what is tested stands in pieces of noise not heard."""
    pieces = [read(path) for path in sorted((data / "noise").glob("*.wav"))]
    order = np.random.default_rng(seed).permutation(len(pieces))
    known, unheard = (
        Plant(seed, snr_db=SNR_DB, noise=[pieces[number] for number in part]) for part in (order[::2], order[1::2])
    )

    def clips(plant: Plant, machine: str, numbers: range) -> list[Samples]:
        return [plant.clip(machine, 0, number).samples for number in numbers]

    return [
        Machine(name, clips(known, name, range(FIT)), clips(unheard, name, range(FIT, FIT + TEST)), faults(name))
        for name in machines()
    ]


def with_fault(samples: Samples, fault: str, snr_db: float, key: tuple[int, ...]) -> Samples | None:
    """Return a clip with a fault, the same draw at every ratio; None where the fault cannot be in this clip."""
    try:
        return mix_fault(samples, RATE, fault=fault, snr_db=snr_db, rng=np.random.default_rng(key))[0]
    except AudioError:
        return None


def read(path: Path) -> Samples:
    """Return a recording of one channel at `RATE`."""
    samples, rate = soundfile.read(path, dtype="float32")
    if rate != RATE or samples.ndim > 1:
        raise SystemExit(f"{path} must have one channel at {RATE} Hz; found shape {samples.shape} at {rate} Hz.")
    return np.asarray(samples, np.float32)
