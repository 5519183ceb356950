"""Command ``offkey watch init``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offkey.cli.console import say
from offkey.errors import UsageError, check_installed

__all__ = ["init"]


def init(
    plant: Annotated[Path, typer.Argument(help="The file to write.")] = Path("plant.toml"),
    machine: Annotated[
        list[str] | None,
        typer.Option(
            "--machine",
            help="NAME=SOURCE; repeatable. A source is an address, a microphone, a folder, simulated:fan, or -.",
        ),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="Name of the plant.")] = None,
    zone: Annotated[
        str | None,
        typer.Option("--zone", help="Time zone, such as Europe/Berlin; by default that of the computer."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Write a new plant file with comments; without --machine, it asks for machines and their sources.

    Examples
    --------
    offkey watch init
    offkey watch init plant.toml --machine "pump 7=rtsp://camera-7/audio"
    """
    check_installed("watch", "The file of a plant", "sqlalchemy", "alembic")
    from offkey.files import atomic_text
    from offkey.watch.new_plant import local_zone, plant_text

    if plant.exists() and not force:
        raise UsageError(f"The file {plant} is there already: name another, or give --force to write over it.")
    if machine:
        machines = [_divided(one) for one in machine]
        name, zone = name or "plant", zone or local_zone()
    else:
        name = name or typer.prompt("Name of the plant", default="plant", err=True)
        zone = zone or typer.prompt("Its time zone", default=local_zone(), err=True)
        machines = _prompted()
    text = plant_text(name, zone, machines)
    with atomic_text(plant) as file:
        file.write(text)
    if not machines:
        say(f"{plant}: no machine yet. Next: 'offkey watch {plant}', and add machines in the browser.")
        return
    count = f"{len(machines)} machine{'s' * (len(machines) > 1)}"
    say(f"{plant}: {count}. Next: 'offkey watch check {plant}', then 'offkey watch {plant}'.")


def _prompted() -> list[tuple[str, str]]:
    """Ask for machines until an empty line."""
    from offkey.watch.new_plant import SOURCES

    say(f"A source is {SOURCES}.")
    machines: list[tuple[str, str]] = []
    while name := typer.prompt(
        "Name of a machine (nothing: no more)", default="", show_default=False, err=True
    ).strip():
        machines.append((name, typer.prompt(f"Source of {name}", err=True).strip()))
    return machines


def _divided(given: str) -> tuple[str, str]:
    name, equals, source = given.partition("=")
    if not (equals and name.strip() and source.strip()):
        raise UsageError(f'--machine takes NAME=SOURCE, such as "pump 7=rtsp://camera-7/audio". Got {given!r}.')
    return name.strip(), source.strip()
