"""Command ``offkey dcase-score``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offkey.cli.console import print_json, print_table, say_notes
from offkey.cli.experiments import interval_text
from offkey.cli.options import Json
from offkey.datasets.editions import edition_span, find_edition
from offkey.errors import UsageError

if TYPE_CHECKING:
    from offkey.evaluation.dcase_score import SubmissionScore

__all__ = ["dcase_score"]

_HEADS = {"auc": "AUC", "pauc": "pAUC", "precision": "precision", "recall": "recall", "f1": "F1"}


def dcase_score(
    folder: Annotated[Path, typer.Argument(help="Folder of anomaly_score_*.csv and decision_result_*.csv files.")],
    edition: Annotated[str, typer.Option("--edition", help=f"Year of the challenge, {edition_span('')}.")],
    ground_truth: Annotated[
        Path | None,
        typer.Option(
            "--ground-truth",
            help="The organisers' ground truth, a list or folder; by default labels are read from clip names.",
        ),
    ] = None,
    machine: Annotated[list[str] | None, typer.Option("--machine", help="Score only this machine; repeatable.")] = None,
    tables: Annotated[
        Path | None,
        typer.Option("--tables", help="Folder for the files that the official evaluator writes."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the bootstrap interval.")] = 0,
    json: Json = False,
) -> None:
    """Check anyone's submission to DCASE Challenge Task 2 and compute its official score.

    Examples
    --------
    offkey dcase-score submission --edition 2023 --ground-truth ground_truth
    """
    from offkey.evaluation.dcase_score import dcase_score as score_submission

    if tables is not None and not tables.is_dir():
        raise UsageError(f"The option --tables must name a folder that exists. Got {tables} instead.")
    result = score_submission(folder, edition, ground_truth, machines=machine, seed=seed)
    if tables is not None:
        _write_tables(result, folder.resolve().name, tables)
    say_notes(result.notes)
    if json:
        print_json(result.to_json())
    else:
        _print(result)


def _print(result: SubmissionScore) -> None:
    from rich.table import Table

    official = result.official
    edition = find_edition(official.edition)
    known = [column for column, mean in official.means["arithmetic"].items() if mean is not None]
    table = Table(
        caption=f"Official score of {official.edition}: {interval_text(official.score, result.interval)}",
        caption_justify="left",
    )
    table.add_column("machine")
    table.add_column(edition.section_word)
    for column in known:
        name, _, domain = column.partition("_")
        table.add_column(_HEADS[name] + (f" ({domain})" if domain else ""), justify="right")
    for row in official.rows:
        table.add_row(row["machine"], row["section"], *_cells(row, known))
    kind = edition.score.mean
    table.add_section()
    if len(official.rows) > len(official.machine_means) > 1:
        for means in official.machine_means:
            table.add_row(means["machine"], f"{kind} mean", *_cells(means[kind], known))
    table.add_row("all", f"{kind} mean", *_cells(official.means[kind], known))
    print_table(table)


def _cells(row: dict[str, Any], columns: list[str]) -> list[str]:
    return [f"{row[column]:.4f}" for column in columns]


def _write_tables(result: SubmissionScore, system: str, folder: Path) -> None:
    from offkey.evaluation.evaluator_tables import evaluator_files, paper_table, result_table, write_table

    year = result.official.edition
    form = evaluator_files(year)
    write_table(folder / form.file.replace("{system}", system), result_table(result.sections, year))
    if form.table.startswith("sections"):
        write_table(folder / "teams_official_score_paper.csv", paper_table({system: result.official}))
