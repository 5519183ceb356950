"""Command ``offkey watch messages``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from offkey.cli.console import print_json, print_table, say
from offkey.cli.options import Json
from offkey.cli.watch_check import PlantFile
from offkey.cli.watch_plant import Opened, opened

__all__ = ["messages"]


def messages(
    plant: PlantFile,
    status: Annotated[
        Literal["pending", "sent", "failed", "held"] | None,
        typer.Option("--status", help="Only messages with this status: pending, sent, failed or held back."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Largest number of messages, the newest first.")] = 100,
    json: Json = False,
) -> None:
    """List the messages of a plant on all channels, with the reason if one was held back or is not sent yet.

    Examples
    --------
    offkey watch messages plant.toml
    offkey watch messages plant.toml --status held
    """
    with opened(plant, read_only=True) as at:
        rows = at.store.outbox.messages(status=status, limit=limit)
        if json:
            print_json({"messages": rows})
        elif rows:
            _print(rows, at)
        else:
            say("There are no messages.")


def _print(rows: list[dict[str, Any]], at: Opened) -> None:
    from rich.table import Table

    table = Table("written", "channel", "machine", "level", "kind", "status", "why")
    for row in rows:
        machine, level = row["payload"]["machine"], row["payload"]["level"]
        why = row["reason"] or row["error"] or ""
        table.add_row(at.time(row["created"]), row["channel"], machine, level, row["kind"], row["status"], why)
    print_table(table)
