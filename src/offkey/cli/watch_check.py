"""Command ``offkey watch check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offkey.cli.console import print_json, print_table, say_notes
from offkey.cli.options import Json

if TYPE_CHECKING:
    from offkey.watch.settings import PlantSettings

__all__ = ["PlantFile", "check"]

PlantFile = Annotated[Path, typer.Argument(help="Plant file (TOML): machines, models and sources.")]


def check(plant: PlantFile, json: Json = False) -> None:
    """Check a plant file before watching: every key, model, source and channel; sends nothing.

    Examples
    --------
    offkey watch check plant.toml
    """
    from offkey.audio import parse_channel
    from offkey.watch.acquisition.channels import check_channels
    from offkey.watch.acquisition.make import make_source, source_note
    from offkey.watch.advisory.trying import channel_problems
    from offkey.watch.life.learning import RATE
    from offkey.watch.machine_model import load_model, model_digest
    from offkey.watch.settings import read_settings

    settings, rows = read_settings(plant), list[dict[str, Any]]()
    for machine in settings.machine:
        is_known = model_digest(machine, plant.parent) is not None
        model = load_model(machine, plant.parent)[0] if is_known else None
        make_source(machine, plant.parent, RATE if model is None else model.rate)
        if model is None:
            check_channels(machine, plant.parent, parse_channel(machine.learn_channel), "learn_channel")
        else:
            check_channels(machine, plant.parent, model.config.channel, f"the channel of {machine.model}")
        if model is None:
            say_notes(
                [f"{machine.name} has no model yet: it learns from {machine.learn_hours:g} hours of sound first."]
            )
        if (note := source_note(machine, plant.parent)) is not None:
            say_notes([note])
        rows.append(
            {
                "machine": machine.name,
                "model": machine.model,
                "rate": None if model is None else model.rate,
                "window_s": None if model is None else model.windowing.window_s,
                "hop_s": None if model is None else model.windowing.hop_s,
                "source": machine.source.kind,
                "shadow_days": machine.shadow_days,
                "sensitivity": machine.sensitivity,
                "alarms_per_week": machine.alarms_per_week,
            }
        )
    say_notes(_shared(settings))
    channels = channel_problems(settings, plant.parent)
    say_notes(f"Channel {title}: {problem}" for title, problem in channels.items() if problem is not None)
    if json:
        print_json({"machines": rows, "channels": [{"channel": one, "problem": why} for one, why in channels.items()]})
        return
    if not rows:
        say_notes(
            [f"The plant {plant} has no machine yet: add [[machine]], or one on the page of a monitor that runs."]
        )
        return
    from rich.table import Table

    table = Table(*rows[0])
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    print_table(table)


def _shared(settings: PlantSettings) -> list[str]:
    """Say which machines have one model file between them, since a new model of one is that of all."""
    names: dict[str, list[str]] = {}
    for machine in settings.machine:
        names.setdefault(machine.model, []).append(machine.name)
    return [
        f"{', '.join(sharing)} have the model file {model} between them: what one learns anew, or has promoted, counts "
        "for all, and begins their shadows anew. Give each a file of its own."
        for model, sharing in names.items()
        if len(sharing) > 1
    ]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
