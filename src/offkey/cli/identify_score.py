"""Command ``offkey identify score``."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from offkey.cli.console import PARTLY_DONE, print_json, progress, say, say_first, say_notes, written_to
from offkey.cli.options import Inputs, Jobs, Json, TableOut
from offkey.cli.outputs import check_not_inputs, check_target
from offkey.listing import counted

__all__ = ["score"]


def score(
    types: Annotated[Path, typer.Argument(help="The file that 'offkey identify fit' wrote.")],
    inputs: Inputs,
    out: TableOut = None,
    unknown_rate: Annotated[
        float | None,
        typer.Option("--unknown-rate", help="Share of clips of known types that may be called unknown."),
    ] = None,
    least_probability: Annotated[
        float | None,
        typer.Option(
            "--least-probability",
            help="A clip whose likeliest type has a lower probability is called unknown; by default as in the file.",
        ),
    ] = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Recognise the machine type of clips: one row per clip, with the probability of each type.

    Examples
    --------
    offkey identify score types.offkey recordings --out types.csv
    """
    if out is not None:
        check_target("--out", out)
        check_not_inputs({"--out": out}, [types, *inputs])
    from offkey.cli.inputs import read_inputs
    from offkey.learned.identify.identifier_file import load_identifier
    from offkey.learned.identify.score_table import write_types

    identifier = load_identifier(types).with_unknown(unknown_rate, least_probability)
    read = read_inputs(inputs)
    clips = read.files
    say_notes(read.notes)
    with progress("Identifying", len(clips)) as advance:
        identifications = list(identifier.results(clips, jobs=jobs, advance=advance))
    if out is not None or not json:
        with written_to(out) as file:
            write_types(identifications, identifier.types, file)
    if json:
        rows = [asdict(clip) for clip in identifications]
        print_json({"rows": rows, "types": list(identifier.types), "notes": read.notes})
    errors = [clip.error for clip in identifications if clip.error is not None]
    say_first("error", errors, ", each in its row")
    counts = Counter(str(clip.machine_type) for clip in identifications if clip.error is None)
    named = ", ".join(f"{n} {name}" for name, n in counts.most_common())
    named = f": {named}" if named else ""
    say(f"{counted(len(identifications) - len(errors), 'clip')} recognised{named}; {len(errors)} with an error.")
    if errors:
        raise typer.Exit(PARTLY_DONE)
