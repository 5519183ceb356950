"""A simulated plant with faults in fast succession, to see a monitor at work without a microphone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from threading import Event

import numpy as np

from offkey.model import fit
from offkey.synthetic import faults, machines
from offkey.watch.acquisition.settings import SimulatedSource
from offkey.watch.acquisition.simulated import BLOCK_S, Simulated
from offkey.watch.acquisition.source import Begin
from offkey.watch.findings import Findings
from offkey.watch.machine import WatchedMachine
from offkey.watch.machine_model import load_model
from offkey.watch.preparation import Ready
from offkey.watch.settings import MachineSettings, PlantSettings

__all__ = ["demo_settings", "prepare_demo"]

_RATE = 16_000
_TRAIN_S, _SHADOW_S, _LONGEST_S = 600, 1320, 7200  # the shadow is longer where it can promise nothing yet
_FIRST_S, _APART_S, _LASTING_S = 10.0, 45.0, 40.0
_KEPT = 4  # normal clips whose sound is kept, to compare an event with
_HOP_S = 5.0
_DAY_S = 86_400.0


def demo_settings() -> PlantSettings:
    """Return a plant of synthetic machines, which have a fault each in turn, again and again."""
    names = machines()
    return PlantSettings(machine=[_settings(name, number, len(names)) for number, name in enumerate(names)])


def prepare_demo(
    settings: PlantSettings, folder: Path, stopping: Event, *, at: float, stage: Callable[[str], None]
) -> Iterator[Ready]:
    """Fit a model for each machine of the demo, and listen to its shadow in fast time.

    Parameters
    ----------
    settings : PlantSettings
        As of `demo_settings`.
    folder : Path
        Where the models are written.
    stopping : Event
        Ends it with the machine that is being prepared.
    at : float
        Before which the shadows lie, in seconds since 1970 UTC.
    stage : callable
        Called with a sentence before each machine, since it takes seconds.

    Yields
    ------
    Ready
        A machine with its shadow.
    """
    for machine in settings.machine:
        if stopping.is_set():
            return
        name = machine.name
        stage(f"{name}: learning {_TRAIN_S // 60} minutes of normal sound, then {_SHADOW_S // 60} minutes of shadow")
        blocks = islice(Simulated(name).sound(), round(_TRAIN_S / BLOCK_S))
        model = fit(np.concatenate(list(blocks)), rate=_RATE, window_s=10.0, keep_references=_KEPT)
        model.save(folder / machine.model)
        yield Ready(machine, _shadow(machine, folder, at, stopping))


def _settings(name: str, number: int, count: int) -> MachineSettings:
    source = SimulatedSource(
        kind="simulated",
        machine=name,
        fault=faults(name)[0],
        fault_after_s=_FIRST_S + number * _APART_S,
        fault_for_s=_LASTING_S,
        fault_every_s=count * _APART_S,
        first=(_TRAIN_S + _LONGEST_S) // 5,
    )
    return MachineSettings(
        name=name,
        model=f"{name}.offkey",
        source=source,
        hop_s=_HOP_S,
        shadow_days=_SHADOW_S / _DAY_S,
        sensitivity=0,
    )


def _shadow(settings: MachineSettings, folder: Path, at: float, stopping: Event) -> Findings:
    """Return the shadow of a machine as a monitor would have kept it, of so much sound as it is armed by."""
    machine = WatchedMachine(settings, *load_model(settings, folder))
    findings = machine.feed(Begin(_RATE, at - _LONGEST_S))
    sound = Simulated(settings.name, first=_TRAIN_S // 5).sound()
    for block in islice(sound, round(_LONGEST_S / BLOCK_S)):
        findings += machine.feed(block[:, None])
        if machine.phase == "armed" or stopping.is_set():
            break
    findings += machine.settle()
    return Findings(minutes=findings.minutes)
