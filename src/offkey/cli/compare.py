"""Command ``offkey compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offkey.cli.console import print_json, print_table, say_notes
from offkey.cli.experiments import number_text
from offkey.cli.leaderboards import Each, TableFile, check_table_file, print_leaderboard, write_table_file
from offkey.cli.options import BootstrapSeed, Json

if TYPE_CHECKING:
    from offkey.datasets.editions.results import PublishedSystem
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
            help="Combination to compare the others with: its name, its detector or its run; by default the first.",
        ),
    ] = None,
    resamples: Annotated[
        int, typer.Option("--resamples", min=1, help="Number of resamples of the paired bootstrap.")
    ] = 1000,
    seed: BootstrapSeed = 0,
    table: TableFile = None,
    each: Each = False,
    json: Json = False,
) -> None:
    """Compare models on the same clips, show which differences are significant, and add published figures.

    Examples
    --------
    offkey compare run
    offkey compare run other-run --reference gmm
    """
    from offkey.experiments.comparison import compare as compare_runs

    check_table_file(table)
    result = compare_runs(runs, reference=reference, n_resamples=resamples, seed=seed)
    write_table_file([part.board for part in result.parts], table)
    say_notes([*result.notes, *(note for part in result.parts for note in part.notes)])
    if json:
        print_json(result.to_json())
        return
    for part in result.parts:
        if each:
            _print_each(result, part)
        if part.published:
            edition = f"{result.edition} " if result.edition else ""
            _print_published(part, f"published for {edition}{part.part}", each=each)
        print_leaderboard(part.board)


def _print_each(result: Comparison, part: PartComparison) -> None:
    """Print the figures of each machine, with their differences to the reference."""
    from rich.table import Table

    shown = [name for name in _HEADS if any(row.figures.get(name) is not None for row in part.rows)]
    compared = [name for name in shown if name in ("auc", "pauc", "official_score")]
    table = Table(
        title=f"{result.dataset}, {part.part}: {part.n_clips} clips",
        caption=f"Differences to {part.board.reference}, with paired bootstrap 95 % intervals; "
        "* = the difference is larger than chance (95 %).",
        title_justify="left",
    )
    table.add_column("machine")
    table.add_column("detector")
    titles = {place.name: place.title for place in part.board.places}
    for name in shown:
        table.add_column(_HEADS[name], justify="right")
    for name in compared:
        table.add_column(f"Δ {_HEADS[name]}", justify="right")
    machine: str | None = ""
    for row in part.rows:
        if row.machine != machine:
            table.add_section()
        machine = row.machine
        table.add_row("all" if machine is None else machine or "-", titles[row.system], *_cells(row, shown, compared))
    print_table(table)


def _cells(row: SystemFigures, shown: list[str], compared: list[str]) -> list[str]:
    from offkey.experiments.leaderboard.sheet import difference_text

    figures = [number_text(row.figures.get(name)) for name in shown]
    return figures + [difference_text(row.differences[name]) for name in compared]


def _print_published(part: PartComparison, title: str, *, each: bool) -> None:
    """Print what others published for the same part, the best first, with their figures by machine if asked for."""
    from rich.table import Table

    ours = {row.machine for row in part.rows}
    lines: list[tuple[PublishedSystem, str | None, dict[str, float]]] = []
    for system in part.published:
        lines.append((system, None, {"official_score": system.score}))
        lines += [(system, name, dict(found)) for name, found in system.machines.items() if each and name in ours]
    shown = [name for name in _HEADS if any(name in figures for _, _, figures in lines)]
    table = Table(title=title, title_justify="left")
    for head in ("system", "kind", "source", *(["machine"] if each else [])):
        table.add_column(head)
    for name in shown:
        table.add_column(_HEADS[name], justify="right")
    for system, machine, figures in lines:
        source = system.source + ("" if system.confirmed else " (unconfirmed)")
        named = [system.name, system.kind, source] if machine is None else ["", "", ""]
        cells = [f"{figures[name]:.4f}" if name in figures else "" for name in shown]
        table.add_row(*named, *([machine or "all"] if each else []), *cells)
    print_table(table)
