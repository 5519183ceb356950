"""Command ``offkey watch events``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from offkey.cli.console import print_json, print_table, say
from offkey.cli.options import Json
from offkey.cli.outputs import check_target
from offkey.cli.watch_check import PlantFile
from offkey.cli.watch_plant import Opened, opened
from offkey.errors import UsageError

__all__ = ["events"]


def events(
    plant: PlantFile,
    event: Annotated[
        str | None, typer.Argument(help="Identity of an event, or its first letters, to show its details.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help="Largest number of events, the most recently changed first.")
    ] = 100,
    save: Annotated[Path | None, typer.Option("--save", help="FLAC file for the sound of the event.")] = None,
    normal: Annotated[
        Path | None, typer.Option("--normal", help="FLAC file for the normal sound to compare it with.")
    ] = None,
    json: Json = False,
) -> None:
    """List the events of a plant, or show one; the monitor need not be running.

    Examples
    --------
    offkey watch events plant.toml
    offkey watch events plant.toml 3f9a01c2 --save event.flac --normal normal.flac
    """
    if event is None and (save or normal):
        raise UsageError("The options --save and --normal are of one event: name it.")
    with opened(plant, read_only=True) as at:
        from offkey.watch.advisory.described import described, described_whole
        from offkey.watch.life.reviews import event_named

        zone = at.settings.plant.zone
        if event is not None:
            found = described_whole(at.store, event_named(at.store, event), zone)
            _save(at, found, save, normal)
            print_json({"event": found}) if json else _show(found, at)
            return
        rows = at.store.events(limit=limit)
        if json:
            print_json({"events": described(at.store, rows, zone)})
        elif rows:
            _print(rows, at)
        else:
            say("There are no events.")


def _save(at: Opened, found: dict[str, Any], save: Path | None, normal: Path | None) -> None:
    """Write the sound of an event, and the normal sound that it is compared with, where they are asked for."""
    from offkey.files import write_bytes
    from offkey.watch.evidence.clips import read_clip
    from offkey.watch.evidence.normal import normal_flac
    from offkey.watch.machine_model import load_model

    for option, path in (("--save", save), ("--normal", normal)):
        if path is not None:
            check_target(option, path)
    if save is not None:
        if found["clip"] is None:
            raise UsageError(f"The event has no clip: {found['no_clip'] or 'none was written yet'}.")
        write_bytes(save, read_clip(at.folder / found["clip"]["path"]))
    if normal is not None:
        content = normal_flac(load_model(at.machine(found["machine"]), at.folder)[0], found["details"])
        if content is None:
            raise UsageError("The model keeps no normal sound for this event: fit it with --keep-references.")
        write_bytes(normal, content)


def _show(found: dict[str, Any], at: Opened) -> None:
    from rich.table import Table

    clip = found["clip"]
    rows = {
        "event": found["event"],
        "machine": found["machine"],
        "level": found["level"],
        "path": found["path"],
        "what": found["sentence"],
        "explanation": found["explanation"] or "",
        "clip": found["no_clip"] or "" if clip is None else str(at.folder / clip["path"]),
        "clip from": "" if clip is None else f"{at.time(clip['began'])} to {at.time(clip['ended'])}",
        "model": found["model"],
    }
    table = Table("", "", show_header=False)
    for name, value in rows.items():
        table.add_row(name, value)
    for review in found["reviews"]:
        said = ": ".join(part for part in (review["verdict"], review["comment"]) if part)
        table.add_row("review", f"{said} ({review['by']}, {at.time(review['at'])})")
    print_table(table)


def _print(rows: list[dict[str, Any]], at: Opened) -> None:
    from rich.table import Table

    table = Table("event", "machine", "level", "path", "state", "began", "ended", "highest surprise", "part of")
    for row in rows:
        what = (str(row[key] or "") for key in ("machine", "level", "path", "state"))
        common = row["area"] or "" if row["scope"] == "machine" else ""
        times = at.time(row["began"]), at.time(row["ended"])
        table.add_row(row["event"][:8], *what, *times, f"{row['peak']:.1f}", common)
    print_table(table)
