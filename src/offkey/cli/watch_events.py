"""Command ``offkey watch events``."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from offkey.cli.console import print_json, print_table, say
from offkey.cli.options import Json
from offkey.cli.watch_check import PlantFile
from offkey.errors import check_installed

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
    check_installed("watch", "The database of a plant", "sqlalchemy", "alembic")
    from offkey.watch.settings import read_settings
    from offkey.watch.store.store import open_store

    store = open_store(read_settings(plant).database, plant.parent, read_only=True)
    try:
        rows = store.events(limit=limit)
    finally:
        store.close()
    if json:
        print_json({"events": rows})
    elif rows:
        _print(rows)
    else:
        say("There are no events.")


def _print(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(
        "event", "machine", "level", "path", "state", "began (UTC)", "ended (UTC)", "highest surprise", "part of"
    )
    for row in rows:
        ended = "" if row["ended"] is None else _time(row["ended"])
        what = (str(row[key] or "") for key in ("machine", "level", "path", "state"))
        common = row["area"] or "" if row["scope"] == "machine" else ""
        table.add_row(row["event"][:8], *what, _time(row["began"]), ended, f"{row['peak']:.1f}", common)
    print_table(table)


def _time(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))
