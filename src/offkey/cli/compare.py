"""Command ``offkey compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offkey.cli.console import print_json, print_table, say
from offkey.cli.experiments import number_text
from offkey.cli.options import BootstrapSeed, Json

if TYPE_CHECKING:
    from offkey.datasets.editions.results import PublishedSystem
    from offkey.evaluation.intervals import Difference
    from offkey.experiments.comparison.results import Comparison, PartComparison, SystemFigures

__all__ = ["compare"]

_HEADS = {
    "auc": "AUC",
    "auc_source": "AUC (source)",
    "auc_target": "AUC (target)",
    "pauc": "pAUC",
    "official_score": "official score",
}


def compare(
    runs: Annotated[list[Path], typer.Argument(help="Folders that 'offkey benchmark --out' wrote.")],
    reference: Annotated[
        str | None,
        typer.Option(
            "--reference",
            help="What the others are compared with: a combination, a detector that one of them has, or a run; "
            "by default the first.",
        ),
    ] = None,
    resamples: Annotated[int, typer.Option("--resamples", min=1, help="Resamples of the paired bootstrap.")] = 1000,
    seed: BootstrapSeed = 0,
    json: Json = False,
) -> None:
    """Compare models on the same clips, show which differences are real, and add published figures.

    Examples
    --------
    offkey compare run
    offkey compare run other-run --reference gmm
    """
    from offkey.experiments.comparison.comparison import compare_runs

    result = compare_runs(runs, reference=reference, n_resamples=resamples, seed=seed)
    if json:
        print_json(result.to_json())
    else:
        for part in result.parts:
            _print(result, part)
    for note in (*result.notes, *(note for part in result.parts for note in part.notes)):
        say(f"note: {note}")


def _print(result: Comparison, part: PartComparison) -> None:
    from rich.table import Table

    shown = [name for name in _HEADS if any(row.figures.get(name) is not None for row in part.rows)]
    compared = [name for name in shown if name in ("auc", "pauc", "official_score")]
    edition = f"{result.edition} " if result.edition else ""
    table = Table(
        title=f"{result.dataset}, {part.part}: {part.n_clips} clips",
        caption=f"Differences to {result.reference}, with paired bootstrap 95 % intervals; "
        "* = the difference is larger than chance (95 %).",
        caption_justify="left",
        title_justify="left",
    )
    table.add_column("machine")
    table.add_column("system")
    for name in shown:
        table.add_column(_HEADS[name], justify="right")
    for name in compared:
        table.add_column(f"Δ {_HEADS[name]}", justify="right")
    machine: str | None = ""
    for row in part.rows:
        if row.machine != machine:
            table.add_section()
        machine = row.machine
        table.add_row("all" if machine is None else machine or "-", row.system, *_cells(row, shown, compared))
    print_table(table)
    if part.published:
        _print_published(part, f"published for {edition}{part.part}")


def _cells(row: SystemFigures, shown: list[str], compared: list[str]) -> list[str]:
    figures = [number_text(row.figures.get(name)) for name in shown]
    return figures + [_difference(row.differences[name]) for name in compared]


def _difference(difference: Difference | None) -> str:
    if difference is None:
        return ""
    low, high = difference.interval
    mark = "*" if low > 0 or high < 0 else " "
    return f"{difference.value:+.4f} [{low:+.3f}, {high:+.3f}]{mark}"


def _print_published(part: PartComparison, title: str) -> None:
    from rich.table import Table

    ours = {row.machine for row in part.rows}
    lines: list[tuple[PublishedSystem, str | None, dict[str, float]]] = [
        (system, None, {"official_score": system.score}) for system in part.published
    ]
    lines += [
        (system, name, dict(found))
        for system in part.published
        for name, found in system.machines.items()
        if name in ours
    ]
    lines.sort(key=lambda line: part.published.index(line[0]))
    shown = [name for name in _HEADS if any(name in figures for _, _, figures in lines)]
    table = Table(title=title, title_justify="left")
    for head in ("system", "kind", "machine"):
        table.add_column(head)
    for name in shown:
        table.add_column(_HEADS[name], justify="right")
    table.add_column("source")
    for system, machine, figures in lines:
        cells = [f"{figures[name]:.4f}" if name in figures else "" for name in shown]
        source = system.source + ("" if system.confirmed else " (unconfirmed)") if machine is None else ""
        table.add_row(system.name if machine is None else "", system.kind, machine or "all", *cells, source)
    print_table(table)
