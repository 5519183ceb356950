from __future__ import annotations

import io
import re

import pytest
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from offkey.cli.wide_tables import fitting_tables


def _table(**options: object) -> Table:
    table = Table(title="all of them", **options)
    table.add_column("machine")
    table.add_column("detector")
    for head in ("official score", "AUC", "95 % interval", "false alarms (promised 0.01)", "recall at 0.05", "MB"):
        table.add_column(head, justify="right")
    for number in range(3):
        numbers = (
            f"0.98{number}1",
            f"0.97{number}2",
            f"[0.9{number}3, 0.99{number}]",
            f"0.01{number}",
            "0.500",
            "12.5",
        )
        table.add_row(f"machine {number}", "gmm n_components=4 (logmel)", *numbers, end_section=number == 1)
    return table


def _shown(table: Table, width: int) -> list[str]:
    parts = []
    for part in fitting_tables(table, width):
        console = Console(file=io.StringIO(), width=width, color_system=None)
        console.print(part)
        parts.append(console.file.getvalue())
    return parts


@pytest.mark.parametrize("options", [{}, {"box": SIMPLE_HEAD, "show_edge": False, "pad_edge": False}])
@pytest.mark.parametrize("width", [50, 60, 80, 100, 120])
def test_no_number_is_cut_at_any_width(width: int, options) -> None:
    table = _table(**options)
    shown = _shown(table, width)
    text = "".join(shown)
    assert "…" not in text
    for column in table.columns[2:]:
        for cell in column.cells:
            assert re.search(rf"(?<![\d.]){re.escape(cell)}(?![\d.])", text), cell
    assert max(len(line) for part in shown for line in part.splitlines()) <= width
    assert all(part.count("machine") >= 4 for part in shown)  # names stand in each part: the head, and three rows
    assert text.count("all of them") == 1


def test_a_table_that_fits_stays_whole_with_its_heads_in_one_line() -> None:
    (shown,) = _shown(_table(), 200)
    assert "false alarms (promised 0.01)" in shown


def test_parts_are_as_few_and_as_even_as_can_be() -> None:
    table = Table()
    table.add_column("name")
    for number in range(7):
        table.add_column(f"h{number}", justify="right")
    table.add_row("row", *["0.12345"] * 7)
    counts = [part.count("0.12345") for part in _shown(table, 60)]
    assert counts == [4, 3]


def test_letters_that_are_shown_as_escapes_have_room() -> None:
    table = Table()
    table.add_column("name")
    table.add_column("AUC", justify="right")
    table.add_row("a\x1b[31mb", "0.5")
    (part,) = fitting_tables(table, 80)
    assert part.columns[0].width == len(r"a\x1b[31mb")
