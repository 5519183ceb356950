"""Leaderboards on the terminal, and the options of the commands that make them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offkey.cli.console import print_table
from offkey.cli.outputs import check_target

if TYPE_CHECKING:
    from offkey.evaluation.intervals import Interval
    from offkey.experiments.leaderboard.board import Leaderboard

__all__ = ["Each", "TableFile", "check_table_file", "print_leaderboard", "write_table_file"]

TableFile = Annotated[
    Path | None,
    typer.Option("--table", help="File to write the leaderboard to: .csv, .tex (booktabs), .md or .html."),
]
Each = Annotated[bool, typer.Option("--each", help="Print the figures of each machine, section and domain as well.")]

_BAR = 17  # letters of a drawn interval


def check_table_file(path: Path | None) -> None:
    """Check, before long work, that a leaderboard can be written to a file."""
    if path is not None:
        from offkey.experiments.leaderboard.files import check_table

        check_target("--table", path)
        check_table(path)


def write_table_file(boards: Sequence[Leaderboard], path: Path | None) -> None:
    """Write leaderboards to a file, if one is named."""
    if path is not None:
        from offkey.experiments.leaderboard.files import write_leaderboards

        write_leaderboards(boards, path)


def print_leaderboard(board: Leaderboard, *, most: int | None = None) -> None:
    """Print a leaderboard, with its intervals drawn; only the first `most` places, if that is given."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from offkey.experiments.leaderboard.sheet import sheet_of

    sheet = sheet_of(board)
    table = Table(
        title=sheet.title,
        caption=" ".join(sheet.caption),
        title_justify="left",
        caption_justify="left",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
    )
    bars = [_bar_text(bar, sheet.ends) for bar in sheet.bars]
    scale = f"{sheet.ends[0]:.2f}".ljust(_BAR - 4) + f"{sheet.ends[1]:.2f}"
    rows: list[list[str]] = [[] for _ in bars]
    for place, column in enumerate(sheet.columns):
        table.add_column(column.head, justify="right" if column.numeric else "left")
        if place == 3:
            table.add_column(scale.replace(" ", "\N{NO-BREAK SPACE}"), justify="right")
        for row, cell, bar in zip(rows, column.cells, bars, strict=True):
            row += [cell, bar] if place == 3 else [cell]
    for row in rows[:most]:
        table.add_row(*row)
    print_table(table)


def _bar_text(bar: tuple[float, Interval] | None, ends: Interval) -> str:
    """Draw a figure and its interval on a scale."""
    if bar is None:
        return ""
    value, (low, high) = bar
    start, middle, end = (
        round((_BAR - 1) * min(max((place - ends[0]) / (ends[1] - ends[0]), 0), 1)) for place in (low, value, high)
    )
    letters = ["·"] * _BAR
    letters[start : end + 1] = "━" * (end + 1 - start)
    letters[middle] = "●"
    return "".join(letters)
