"""Steps in the life of a machine that a person takes; a monitor that runs follows them within seconds."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from offkey.decision.events import ALLOWED, Sensitivity, windows_needed
from offkey.errors import ParameterError, UnknownNameError, UsageError
from offkey.watch.health.judge import MachineJudge
from offkey.watch.life.decision import Decision
from offkey.watch.life.phases import armed_with, digest_in, standing
from offkey.watch.machine import judge_of
from offkey.watch.machine_model import load_model, model_digest
from offkey.watch.rows import LifeStep
from offkey.watch.settings import MachineSettings, PlantSettings
from offkey.watch.store.store import Store

__all__ = ["arm", "begin_learning", "begin_shadow", "machine_named", "put_in_service", "shadow_judge"]

Step: TypeAlias = Literal["learning", "shadow", "armed", "out of service", "in service"]


def machine_named(plant: PlantSettings, name: str) -> MachineSettings:
    """Return the settings of a machine.

    Raises
    ------
    UnknownNameError
        If the plant has none of that name.
    """
    for machine in plant.machine:
        if machine.name == name:
            return machine
    known = ", ".join(repr(machine.name) for machine in plant.machine) or "none yet"
    raise UnknownNameError(f"The plant has no machine {name!r}: it has {known}.")


def begin_learning(store: Store, machine: MachineSettings, folder: Path, decision: Decision) -> None:
    """Let a machine learn anew; its model stays in its place until there is another.

    `folder`: where relative paths start.
    """
    digest = model_digest(machine, folder)
    store.add(_step(machine, "learning", decision, {"model": digest}))


def begin_shadow(store: Store, machine: MachineSettings, folder: Path, decision: Decision) -> None:
    """Begin a new shadow with the model that a machine has.

    Raises
    ------
    UsageError
        If it has no model.
    """
    _model_or_refuse(machine, folder)
    store.add(_step(machine, "shadow", decision))


def put_in_service(
    store: Store, machine: MachineSettings, step: Literal["out of service", "in service"], decision: Decision
) -> None:
    """Take a machine out of service, so that it is not listened to, or back into it."""
    store.add(_step(machine, step, decision))


def arm(
    store: Store, machine: MachineSettings, folder: Path, sensitivity: int | None, decision: Decision
) -> Sensitivity:
    """Arm a machine, before its shadow is as long as the file of the plant says, or with another sensitivity.

    `sensitivity`: events that the shadow may hold; None for that in the file.
    Returns: what is promised.

    Raises
    ------
    UsageError
        If the machine is learning, or its shadow is too short to promise anything; it says what is missing.
    """
    judge = shadow_judge(store, machine, folder, sensitivity)
    _, model_id = load_model(machine, folder)
    details = armed_with(model_id, sensitivity, machine.sensitivity, judge.sensitivity.bound())
    promised = replace(decision, comment=decision.comment or judge.sentence())
    store.add(_step(machine, "armed", promised, details))
    return judge.sensitivity


def shadow_judge(store: Store, machine: MachineSettings, folder: Path, sensitivity: int | None = None) -> MachineJudge:
    """Return the judge that the shadow of a machine gives now, with the sensitivities that it offers.

    `sensitivity`: as of `arm`.

    Raises
    ------
    UsageError
        As of `arm`.
    """
    if sensitivity is not None and sensitivity not in ALLOWED:
        raise UsageError(f"The sensitivity must be one of {', '.join(map(str, ALLOWED))}. Got {sensitivity} instead.")
    _model_or_refuse(machine, folder)
    model, model_id = load_model(machine, folder)
    steps = store.life.steps(machine.name)
    found = standing(steps, model=digest_in(model_id), wanted=machine.sensitivity)
    if found.phase == "learning":
        raise UsageError(f"{machine.name} is learning: it has a shadow once a model is fitted.")
    shadow, hop_s = store.shadow(machine.name, model_id, since=found.since), model.windowing.hop_s
    try:
        return judge_of(machine, model_id, shadow, hop_s=hop_s, allowed=sensitivity)
    except ParameterError as error:
        raise UsageError(_too_short(machine, shadow.surprises(), hop_s)) from error


def _too_short(machine: MachineSettings, series: np.ndarray[tuple[int], np.dtype[np.float64]], hop_s: float) -> str:
    """Say how long a shadow is, and how much more sound it needs."""
    known, needed = int(np.isfinite(series).sum()), windows_needed(series, hop_s=hop_s)
    left = math.ceil(max(hop_s, (needed - known) * hop_s) / 60)
    return (
        f"The shadow of {machine.name} is too short to promise anything: {known * hop_s / 60:.3g} of "
        f"{math.ceil(needed * hop_s / 60)} minutes of normal sound. It will be long enough after {left} more minutes "
        "of sound."
    )


def _model_or_refuse(machine: MachineSettings, folder: Path) -> None:
    if model_digest(machine, folder) is None:
        raise UsageError(f"{machine.name} has no model yet: it is learning, and has a shadow once a model is fitted.")


def _step(machine: MachineSettings, step: Step, decision: Decision, details: dict[str, Any] | None = None) -> LifeStep:
    return LifeStep(machine.name, decision.at, step, decision.by, decision.comment, details or {})
