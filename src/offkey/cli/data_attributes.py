"""Command ``offkey data attributes``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from offkey.cli.console import print_json, say
from offkey.cli.options import Json, Machines, Root
from offkey.listing import counted

if TYPE_CHECKING:
    from offkey.datasets.attributes import AttributeTable

__all__ = ["attributes"]


def attributes(
    root: Root,
    machine: Machines = None,
    write: Annotated[bool, typer.Option("--write", help="Write tables that are missing or broken.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also write tables that differ only in parameters or values.")
    ] = False,
    json: Json = False,
) -> None:
    """Rebuild attributes_XX.csv from file names and show every difference; writes only with --write.

    Examples
    --------
    offkey data attributes dcase2023
    offkey data attributes dcase2023 --write
    """
    from offkey.datasets.attributes import rebuild_attributes, write_attributes

    tables = rebuild_attributes(root, machines=machine)
    report = []
    for table in tables:
        writes = (table.state in ("missing", "broken") and (write or overwrite)) or (
            table.state == "different" and overwrite
        )
        if not json:
            _say_state(table)
        if writes:
            write_attributes(table)
            say(f"{table.path}: written, {counted(len(table.rows), 'clip')}.")
        report.append(
            {
                "file": str(table.path),
                "clips": len(table.rows),
                "state": table.state,
                "differences": list(table.differences),
                "written": writes,
            }
        )
    if json:
        print_json({"tables": report})
    elif not (write or overwrite):
        _advise([table.state for table in tables])


def _say_state(table: AttributeTable) -> None:
    words = {
        "missing": "is missing",
        "broken": "is broken or incomplete",
        "different": "differs from the names",
        "same": "agrees with the names",
    }
    say(f"{table.path}: {words[table.state]}.")
    for difference in table.differences:
        say(f"  {difference}")


def _advise(states: list[str]) -> None:
    if {"missing", "broken"} & set(states):
        say("Nothing was written; --write writes the tables that are missing or broken.")
    elif "different" in states:
        say("Nothing was written; the organisers may have left attributes out on purpose; --overwrite writes all.")
