"""A simulated plant with faults in fast succession, to see a monitor at work without a microphone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np

from offkey.model import fit
from offkey.synthetic import faults, machines
from offkey.watch.acquisition.settings import SimulatedSource
from offkey.watch.acquisition.simulated import Simulated
from offkey.watch.acquisition.source import Begin
from offkey.watch.findings import Findings
from offkey.watch.machine import WatchedMachine, load_model
from offkey.watch.settings import MachineSettings, PlantSettings
from offkey.watch.store.store import Store

__all__ = ["prepare_demo"]

_RATE = 16_000
_TRAIN_S, _SHADOW_S = 600, 1800
_FIRST_S, _APART_S, _LASTING_S = 20.0, 45.0, 40.0
_HOP_S = 5.0
_DAY_S = 86_400.0


def prepare_demo(folder: Path, store: Store, *, at: float, stage: Callable[[str], None]) -> PlantSettings:
    """Fit a model for each synthetic machine, and fill its shadow in fast time.

    Parameters
    ----------
    folder : Path
        Where the models are written.
    store : Store
        Where the shadows are kept.
    at : float
        When the monitor starts, in seconds since 1970 UTC; the shadows end before.
    stage : callable
        Called with a sentence before each step that takes seconds.

    Returns
    -------
    PlantSettings
        The plant: its machines have a fault each in turn, again and again.
    """
    names = machines()
    settings = []
    for number, name in enumerate(names):
        stage(f"{name}: learning {_TRAIN_S // 60} minutes of normal sound, then {_SHADOW_S // 60} minutes of shadow")
        sound = Simulated(name).sound()
        blocks = islice(sound, _TRAIN_S * 2)
        fit(np.concatenate(list(blocks)), rate=_RATE, window_s=10.0).save(folder / f"{name}.offkey")
        source = SimulatedSource(
            kind="simulated",
            machine=name,
            fault=faults(name)[0],
            fault_after_s=_FIRST_S + number * _APART_S,
            fault_for_s=_LASTING_S,
            fault_every_s=len(names) * _APART_S,
            first=(_TRAIN_S + _SHADOW_S) // 5,
        )
        machine = MachineSettings(
            name=name,
            model=f"{name}.offkey",
            source=source,
            hop_s=_HOP_S,
            shadow_days=(_SHADOW_S - 60) / _DAY_S,
            sensitivity=0,
        )
        _listen_in_fast_time(machine, folder, store, Simulated(name, first=_TRAIN_S // 5), at - _SHADOW_S)
        settings.append(machine)
    return PlantSettings(machine=settings)


def _listen_in_fast_time(settings: MachineSettings, folder: Path, store: Store, source: Simulated, at: float) -> None:
    """Keep the shadow of a machine as a monitor would have, had it run for so long."""
    model, model_id = load_model(settings, folder)
    machine = WatchedMachine(settings, model, model_id)
    findings = machine.feed(Begin(_RATE, at))
    for block in islice(source.sound(), _SHADOW_S * 2):
        findings += machine.feed(block[:, None])
    findings += machine.stop(at + _SHADOW_S)
    store.write(Findings(minutes=findings.minutes))
