"""Command ``offkey watch test-alert``."""

from __future__ import annotations

from typing import Annotated

import typer

from offkey.cli.console import print_json, print_table
from offkey.cli.options import Json
from offkey.cli.watch_check import PlantFile
from offkey.errors import OffkeyError, UsageError

__all__ = ["send_test_alert"]


def send_test_alert(
    plant: PlantFile,
    channel: Annotated[str | None, typer.Option("--channel", help="Name of one channel; by default all.")] = None,
    json: Json = False,
) -> None:
    """Send a test message on each channel of a plant and show the result; machines are not affected.

    Examples
    --------
    offkey watch test-alert plant.toml
    offkey watch test-alert plant.toml --channel email
    """
    from offkey.watch.advisory.trying import send_test
    from offkey.watch.settings import read_settings

    settings = read_settings(plant)
    names = [one.title for one in settings.notify]
    if not names or (channel is not None and channel not in names):
        there = f"it has {', '.join(names)}" if names else "add [[notify]] to it"
        raise UsageError(f"The plant {plant} has no channel{'' if channel is None else f' {channel!r}'}: {there}.")
    rows = send_test(settings, plant.parent, names if channel is None else [channel])
    if json:
        print_json({"channels": rows})
    else:
        from rich.table import Table

        table = Table("channel", "arrived", "answer")
        for row in rows:
            table.add_row(row["channel"], "yes" if row["arrived"] else "no", row["answer"])
        print_table(table)
    if failed := sum(not row["arrived"] for row in rows):
        raise OffkeyError(f"{failed} of {len(rows)} channels did not take the test message.")
