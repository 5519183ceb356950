"""Commands ``offkey watch status`` and ``offkey watch fleet``."""

from __future__ import annotations

import json as json_text
import time
import urllib.request
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offkey.cli.console import print_json, print_table, say
from offkey.cli.options import Json
from offkey.cli.watch_check import PlantFile
from offkey.cli.watch_plant import Opened, opened

if TYPE_CHECKING:
    from offkey.watch.life.fleet import Comparison

__all__ = ["fleet", "status"]

_PATIENCE_S = 3.0


def status(plant: PlantFile, json: Json = False) -> None:
    """Show the state of each machine, from the database and from the monitor if one runs on this computer.

    Examples
    --------
    offkey watch status plant.toml
    offkey watch status plant.toml --json
    """
    with opened(plant, read_only=True) as at:
        from offkey.watch.life.status import plant_status

        rows = plant_status(at.store, at.settings, at.folder, at=time.time())
        live = _live(at)
        merged = [{**row, **(live or {}).get(row["machine"], {}), "event": row["event"]} for row in rows]
        if json:
            print_json({"running": live is not None, "machines": merged})
        else:
            _print(at, merged, is_running=live is not None)


def fleet(
    plant: PlantFile,
    days: Annotated[float, typer.Option("--days", min=0.01, help="Days over which machines are compared.")] = 1.0,
    json: Json = False,
) -> None:
    """Compare machines of one 'kind' with each other, and show which stands out from its sisters.

    A machine needs three sisters or more.

    Examples
    --------
    offkey watch fleet plant.toml
    offkey watch fleet plant.toml --days 7 --json
    """
    with opened(plant, read_only=True) as at:
        from offkey.watch.life.fleet import compare_fleet

        found = compare_fleet(at.store, at.settings, days=days, at=time.time())
    if json:
        print_json({"days": days, "machines": [asdict(one) for one in found]})
    elif not found:
        say("No machine has a kind: give 'kind' to those that can be compared.")
    else:
        _print_fleet(found)


def _live(at: Opened) -> dict[str, dict[str, Any]] | None:
    """Return what the monitor says of each machine, None where none runs that answers without a token."""
    from offkey.watch.store.life import MONITOR

    address = at.store.life.setting(MONITOR)
    if not address or not address.startswith("http://"):
        return None
    try:
        with urllib.request.urlopen(f"{address}api/status", timeout=_PATIENCE_S) as answer:  # noqa: S310 - kept by us
            rows = json_text.load(answer)["machines"]
    except (OSError, ValueError, KeyError):
        return None
    return {row["machine"]: row for row in rows}


def _print(at: Opened, rows: list[dict[str, Any]], *, is_running: bool) -> None:
    from rich.table import Table

    table = Table("machine", "phase", "level", "source", "last score", "to review", "remarks")
    for row in rows:
        shelf = row["shelved"]
        remarks = [
            row.get("stage") or (row["comment"] or "").partition(". ")[0],  # what was learnt has more sentences
            f"shelved until {at.time(shelf['until'])}: {shelf['reason']}" if shelf else "",
            f"candidate {row['candidate']} waits" if row["candidate"] else "",
            row["ledger"] or "",
            f"score {', '.join(row['trends'])}" if row["trends"] else "",
        ]
        last = row.get("window_end") or row["last_minute"]
        shown = (row["machine"], row["phase"], row["level"] or "", row.get("source", ""), at.time(last))
        table.add_row(*shown, str(row["to_review"] or ""), "; ".join(filter(None, remarks)))
    print_table(table)
    if not is_running:
        say("No monitor answers: this is what the database holds.")


def _print_fleet(found: list[Comparison]) -> None:
    from rich.table import Table

    table = Table("machine", "kind", "sisters", "health", "drift", "events a week", "remarks")
    for one in found:
        cells = [
            f"{one.values[key]:.3g}{f' (z {one.z[key]:+.1f})' if key in one.z else ''}" if key in one.values else ""
            for key in ("health", "drift", "events")
        ]
        table.add_row(one.machine, one.kind, str(one.sisters), *cells, one.sentence)
    print_table(table)
