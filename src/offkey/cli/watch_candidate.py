"""Commands ``offkey watch candidate ...``: models that may take the place of the one in use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offkey.cli.console import print_json, print_table, say, say_notes
from offkey.cli.help import Command, Group
from offkey.cli.options import Json
from offkey.cli.watch_check import PlantFile
from offkey.cli.watch_plant import By, Comment, Machine, decided, opened

__all__ = ["app"]

app = typer.Typer(cls=Group, help="Fit another model beside the one in use, try it, and let it take its place.")
Ident = Annotated[
    str | None, typer.Option("--candidate", help="Identity of the candidate; by default the newest that waits.")
]


@app.command("make", cls=Command)
def make(
    plant: PlantFile,
    machine: Machine,
    clips: Annotated[
        list[Path] | None,
        typer.Option("--clips", help="Folder of further normal clips; repeatable."),
    ] = None,
    json: Json = False,
) -> None:
    """Fit a candidate to the normal clips of a machine: those learnt, those of its shadow, and those joined by reviews.

    It takes minutes at the lowest priority; a running monitor continues. The model in use stays until you promote the
    candidate.

    Examples
    --------
    offkey watch candidate make plant.toml "pump 7"
    offkey watch candidate make plant.toml "pump 7" --clips recordings/normal
    """
    with opened(plant) as at:
        from offkey.watch.life import candidates

        row, outcome = candidates.make(at.store, at.machine(machine), at.folder, clips or [], at=decided(None, "").at)
    if json:
        print_json({"candidate": row.id, "machine": machine, "model": row.model_path, "fit": outcome.report})
        return
    say(f"{machine}: the candidate {row.id} was {outcome.sentence()}")
    say(f"Next: 'offkey watch candidate replay {plant} \"{machine}\"' tries it on past events.")


@app.command("replay", cls=Command)
def replay(plant: PlantFile, machine: Machine, candidate: Ident = None, json: Json = False) -> None:
    """Test a candidate on the clips of reviewed events, and by held-out scores on its own normal clips.

    Examples
    --------
    offkey watch candidate replay plant.toml "pump 7"
    """
    with opened(plant) as at:
        from offkey.watch.life import candidates

        found = candidates.replay(at.store, at.machine(machine), at.folder, candidate)
    if json:
        print_json({"machine": machine, **found})
    else:
        say(f"{machine}: the candidate {found['sentence']}.")


@app.command("promote", cls=Command)
def promote(plant: PlantFile, machine: Machine, candidate: Ident = None, comment: Comment = "", by: By = None) -> None:
    """Replace the model in use by a candidate and begin a new shadow; the old model is kept.

    Examples
    --------
    offkey watch candidate promote plant.toml "pump 7" --comment "the forklift is normal"
    """
    with opened(plant) as at:
        from offkey.watch.life import candidates

        say(candidates.promote(at.store, at.machine(machine), at.folder, candidate, decided(by, comment)))


@app.command("drop", cls=Command)
def drop(plant: PlantFile, machine: Machine, candidate: Ident = None, comment: Comment = "", by: By = None) -> None:
    """Drop a candidate; the model in use stays.

    Examples
    --------
    offkey watch candidate drop plant.toml "pump 7" --comment "it misses the bearing"
    """
    with opened(plant) as at:
        from offkey.watch.life import candidates

        say(candidates.drop(at.store, at.machine(machine), at.folder, candidate, decided(by, comment)))


@app.command("list", cls=Command)
def list_candidates(plant: PlantFile, machine: Machine, json: Json = False) -> None:
    """List the candidates of a machine and their outcome, the newest first.

    Examples
    --------
    offkey watch candidate list plant.toml "pump 7"
    """
    with opened(plant, read_only=True) as at:
        rows = at.store.life.candidates(at.machine(machine).name)
        if json:
            print_json({"candidates": rows})
            return
        if not rows:
            say_notes([f"{machine} has no candidates"])
            return
        from rich.table import Table

        table = Table("candidate", "made", "clips", "replay", "verdict", "by")
        for row in rows:
            tried = row["replay"].get("sentence", "")
            table.add_row(
                row["id"], at.time(row["at"]), str(row["clips"]), tried, row["verdict"] or "", row["by"] or ""
            )
        print_table(table)
