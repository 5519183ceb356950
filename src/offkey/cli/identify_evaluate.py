"""Command ``offkey identify evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offkey.cli.console import print_json, print_table, progress, say
from offkey.cli.options import Jobs, Json, TypedDataset
from offkey.errors import UsageError
from offkey.listing import counted

if TYPE_CHECKING:
    from offkey.learned.identify.evaluation import TypeReport
    from offkey.learned.identify.identifier import Identification
    from offkey.learned.identify.measures import TypeFigures

__all__ = ["evaluate"]


def evaluate(
    scores: Annotated[
        Path, typer.Argument(help="Table of 'offkey identify score', or the file of 'identify fit' followed by ROOT.")
    ],
    root: Annotated[
        Path | None, typer.Argument(help="Folder of clips, in folders named by type, to classify and measure.")
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels", help="CSV file with the columns file,machine_type; by default folders and names give the type."
        ),
    ] = None,
    dataset: TypedDataset = "folder",
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Measure recognised machine types against the truth: accuracy, macro F1, confusion matrix.

    Examples
    --------
    offkey identify evaluate types.offkey machines
    offkey identify evaluate types.csv --labels truth.csv
    """
    from offkey.learned.identify.evaluation import evaluate_types, read_true_types, read_types

    if root is not None and labels is not None:
        raise UsageError("The option --labels belongs to a table of types; the folders of ROOT name their types.")
    if root is not None:
        identifications, truth = _identified(scores, root, dataset, jobs)
    else:
        identifications, truth = read_types(scores), {} if labels is None else read_true_types(labels)
    report = evaluate_types(identifications, truth)
    if json:
        print_json(report.to_json())
    else:
        _print(report)
    of_known, of_foreign = report.called_unknown["of_known"], report.called_unknown["of_foreign"]
    if of_known is not None:
        say(f"{of_known:.1%} of the clips of known types are called unknown, which counts as wrong.")
    if of_foreign is not None:
        say(f"{of_foreign:.1%} of the clips of foreign types are called unknown, which is right.")
    if report.n_errors:
        say(f"note: {counted(report.n_errors, 'row')} with an error instead of a type left out.")


def _identified(types: Path, root: Path, dataset: str, jobs: int | None) -> tuple[list[Identification], dict[str, str]]:
    """Tell the types of a labelled folder's clips, and say which of their machines were learnt from."""
    from offkey.learned.identify.clips import read_clips
    from offkey.learned.identify.identifier_file import load_identifier

    identifier = load_identifier(types)
    clips = read_clips(root, dataset=dataset).clips
    with progress("Identifying", len(clips)) as advance:
        identifications = list(identifier.results([clip.path for clip in clips], jobs=jobs, advance=advance))
    learnt = {(name, ident) for name, ids in identifier.fitted_on.train.items() for ident in ids}
    again = sum((clip.machine_type, clip.ident or "") in learnt for clip in clips)
    if again:
        say(f"note: {again} of {len(clips)} clips are of machines that {types} was fitted on, which flatters.")
    return identifications, {typed.file: clip.machine_type for typed, clip in zip(identifications, clips, strict=True)}


def _print(report: TypeReport) -> None:
    from rich.table import Table

    summary = Table()
    summary.add_column("")
    for name in ("accuracy", "macro F1"):
        summary.add_column(name, justify="right")
    summary.add_row("as called, unknown included", *_cells(report.figures))
    if report.likeliest is not None:
        summary.add_row("by the likeliest type, known types alone", *_cells(report.likeliest))
    print_table(summary)
    matrix = Table(title="Clips by true (row) and predicted type", title_justify="left")
    matrix.add_column("")
    for label in report.figures.labels:
        matrix.add_column(label, justify="right")
    for label, row in zip(report.figures.labels, report.figures.matrix, strict=True):
        matrix.add_row(label, *map(str, row))
    print_table(matrix)


def _cells(figures: TypeFigures) -> tuple[str, str]:
    return f"{figures.accuracy:.4f}", f"{figures.macro_f1:.4f}"
