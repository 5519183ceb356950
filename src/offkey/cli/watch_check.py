"""Command ``offkey watch check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from offkey.cli.console import print_json, print_table, say_notes
from offkey.cli.options import Json

__all__ = ["PlantFile", "check"]

PlantFile = Annotated[Path, typer.Argument(help="TOML file of the plant: its machines, their models and sources.")]


def check(plant: PlantFile, json: Json = False) -> None:
    """Check the file of a plant before it is watched: every key, every model, every source.

    Examples
    --------
    offkey watch check plant.toml
    """
    from offkey.watch.acquisition.make import make_source, missing_note
    from offkey.watch.machine import load_model
    from offkey.watch.settings import read_settings

    settings, rows = read_settings(plant), list[dict[str, Any]]()
    for machine in settings.machine:
        model, _ = load_model(machine, plant.parent)
        make_source(machine, plant.parent, model.rate)
        if (note := missing_note(machine, plant.parent)) is not None:
            say_notes([note])
        cut = model.windowing
        rows.append(
            {
                "machine": machine.name,
                "model": machine.model,
                "rate": model.rate,
                "window_s": cut.window_s,
                "hop_s": cut.hop_s,
                "source": machine.source.kind,
                "shadow_days": machine.shadow_days,
                "sensitivity": machine.sensitivity,
            }
        )
    if json:
        print_json({"machines": rows})
        return
    from rich.table import Table

    table = Table(*rows[0])
    for row in rows:
        table.add_row(*(f"{value:g}" if isinstance(value, float) else str(value) for value in row.values()))
    print_table(table)
