"""Commands ``offkey watch learn``, ``shadow``, ``arm``, ``out-of-service`` and ``in-service``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from offkey.cli.console import print_json, print_table, say
from offkey.cli.options import Json
from offkey.cli.watch_check import PlantFile
from offkey.cli.watch_plant import By, Comment, Machine, decided, opened

if TYPE_CHECKING:
    from offkey.decision.events import Sensitivity

__all__ = ["arm", "in_service", "learn", "out_of_service", "shadow"]

_SOON = "A monitor that runs follows within seconds."


def learn(plant: PlantFile, machine: Machine, comment: Comment = "", by: By = None) -> None:
    """Let a machine learn anew from 'learn_hours' hours of normal sound; then its shadow begins.

    It is not scored until the new model is fitted; the old model file is kept.

    Examples
    --------
    offkey watch learn plant.toml "pump 7" --comment "new impeller"
    """
    with opened(plant) as at:
        from offkey.watch.life.steps import begin_learning

        settings = at.machine(machine)
        begin_learning(at.store, settings, at.folder, decided(by, comment))
        say(f"{machine} learns from {settings.learn_hours:g} hours of normal sound. {_SOON}")


def shadow(plant: PlantFile, machine: Machine, comment: Comment = "", by: By = None) -> None:
    """Begin a new shadow with the current model of a machine; no messages about its events are sent meanwhile.

    Examples
    --------
    offkey watch shadow plant.toml "pump 7" --comment "moved the microphone back"
    """
    with opened(plant) as at:
        from offkey.watch.life.steps import begin_shadow

        settings = at.machine(machine)
        begin_shadow(at.store, settings, at.folder, decided(by, comment))
        say(f"{machine} is in a new shadow for {settings.shadow_days:g} days of sound. {_SOON}")


def arm(
    plant: PlantFile,
    machine: Machine,
    sensitivity: Annotated[
        int | None,
        typer.Option(
            "--sensitivity",
            help="Number of events the shadow may contain: 0, 1, 3, 10 or 30; by default as in the plant file.",
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Show the five sensitivities without arming.")] = False,
    comment: Comment = "",
    by: By = None,
    json: Json = False,
) -> None:
    """Arm a machine before its shadow is over, or with another sensitivity; shows the promise of each of the five.

    If the shadow is too short for any promise, it refuses and says how much more sound is needed.

    Examples
    --------
    offkey watch arm plant.toml "pump 7" --show
    offkey watch arm plant.toml "pump 7" --sensitivity 3 --comment "a rattle was missed"
    """
    with opened(plant) as at:
        from offkey.watch.life import steps

        settings, who = at.machine(machine), decided(by, comment)
        judge = steps.shadow_judge(at.store, settings, at.folder, sensitivity)
        chosen, found = judge.sensitivity.allowed, judge.shadow.sensitivities()
        if not show:
            steps.arm(at.store, settings, at.folder, sensitivity, who)
    if json:
        rows = [{"sensitivity": one.allowed, "promise": one.sentence()} for one in found]
        print_json({"machine": machine, "armed": not show, "chosen": chosen, "sensitivities": rows})
        return
    _print(found, chosen)
    if not show:
        say(f"{machine} is armed. {_SOON}")


def out_of_service(plant: PlantFile, machine: Machine, comment: Comment = "", by: By = None) -> None:
    """Take a machine out of service, as for a repair; it is not scored until it is in service again.

    Examples
    --------
    offkey watch out-of-service plant.toml "pump 7" --comment "bearing is replaced"
    """
    _serve(plant, machine, "out of service", by, comment)


def in_service(plant: PlantFile, machine: Machine, comment: Comment = "", by: By = None) -> None:
    """Put a machine back into service, in its former phase.

    Examples
    --------
    offkey watch in-service plant.toml "pump 7"
    """
    _serve(plant, machine, "in service", by, comment)


def _serve(plant: PlantFile, machine: str, step: Any, by: str | None, comment: str) -> None:
    with opened(plant) as at:
        from offkey.watch.life.steps import put_in_service

        put_in_service(at.store, at.machine(machine), step, decided(by, comment))
        say(f"{machine} is {step}. {_SOON}")


def _print(found: list[Sensitivity], chosen: int) -> None:
    from rich.table import Table

    table = Table("", "sensitivity", "what to expect")
    for one in found:
        table.add_row("*" if one.allowed == chosen else "", str(one.allowed), one.sentence())
    print_table(table)
