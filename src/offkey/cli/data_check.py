"""Command ``offkey data check``."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import typer

from offkey.cli.console import PARTLY_DONE, print_json, print_table, progress, say, say_first
from offkey.cli.options import Dataset, GroundTruthPath, Jobs, Json, Machines, Root
from offkey.listing import counted

if TYPE_CHECKING:
    from offkey.datasets.check import CheckResult

__all__ = ["check"]


def check(
    root: Root,
    dataset: Dataset,
    machine: Machines = None,
    ground_truth: GroundTruthPath = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Check a data set: whether it is complete, and whether every clip can be used.

    Examples
    --------
    offkey data check dcase2020 --dataset dcase2020
    offkey data check recordings --dataset folder
    """
    from offkey.datasets.check import check_dataset

    with ExitStack() as bars:
        result = check_dataset(
            dataset,
            root,
            machines=machine,
            ground_truth=ground_truth,
            jobs=jobs,
            progress=lambda total: bars.enter_context(progress("Reading", total)),
        )
    if json:
        print_json(result.to_json())
    else:
        _print(result)
    if result.problems:
        raise typer.Exit(PARTLY_DONE)


def _print(result: CheckResult) -> None:
    from rich.table import Table

    columns = ("part", "machine", "section", "snr_db", "domain", "split", "label")
    used = [name for name in columns if any(cell[name] is not None for cell in result.counts)]
    table = Table()
    for name in used:
        table.add_column(name)
    table.add_column("clips", justify="right")
    for cell in result.counts:
        values = ("-" if cell[name] is None else f"{cell[name]:g}" if name == "snr_db" else cell[name] for name in used)
        table.add_row(*values, str(cell["n"]))
    print_table(table)
    if result.seconds:
        rates = ", ".join(f"{rate} Hz ({n})" for rate, n in result.rates.items())
        channels = ", ".join(f"{count} ({n})" for count, n in result.channels.items())
        lengths = " / ".join(f"{result.seconds[name]:.2f}" for name in ("shortest", "median", "longest"))
        say(
            f"{counted(result.clips, 'clip')}, {result.seconds['total'] / 3600:.2f} h; "
            f"shortest / median / longest {lengths} s;"
        )
        say(f"rates: {rates}; channels: {channels}.")
    for word, sentences in (("note", result.notes), ("problem", result.problems)):
        say_first(word, sentences, "; --json lists them all")
    say(result.verdict)
