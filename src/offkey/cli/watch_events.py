"""Command ``offkey watch events``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from offkey.cli.console import print_json, print_table, say
from offkey.cli.options import Json
from offkey.cli.watch_check import PlantFile
from offkey.cli.watch_plant import Opened, opened

__all__ = ["events"]


def events(
    plant: PlantFile,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most: those that changed last.")] = 100,
    json: Json = False,
) -> None:
    """List the events of a plant, whether it is being watched or not.

    Examples
    --------
    offkey watch events plant.toml
    offkey watch events plant.toml --limit 10 --json
    """
    with opened(plant, read_only=True) as at:
        rows = at.store.events(limit=limit)
        if json:
            print_json({"events": rows})
        elif rows:
            _print(rows, at)
        else:
            say("There are no events.")


def _print(rows: list[dict[str, Any]], at: Opened) -> None:
    from rich.table import Table

    table = Table("event", "machine", "level", "path", "state", "began", "ended", "highest surprise", "part of")
    for row in rows:
        what = (str(row[key] or "") for key in ("machine", "level", "path", "state"))
        common = row["area"] or "" if row["scope"] == "machine" else ""
        times = at.time(row["began"]), at.time(row["ended"])
        table.add_row(row["event"][:8], *what, *times, f"{row['peak']:.1f}", common)
    print_table(table)
