"""Command ``offkey data split``."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offkey.cli.console import PARTLY_DONE, print_json, print_table, progress, say, say_left_out
from offkey.cli.options import Dataset, Json, Machines, Root
from offkey.cli.outputs import check_not_inputs, check_not_inside, check_target
from offkey.listing import counted

if TYPE_CHECKING:
    import polars as pl

__all__ = ["split"]

_CELL = ("machine", "section", "split", "label", "proxy")


def split(
    root: Root,
    dataset: Dataset,
    out: Annotated[Path, typer.Option("--out", help="The table to write: .csv, .tsv or .parquet.")],
    machine: Machines = None,
    validation: Annotated[
        float, typer.Option("--validation", help="Share of the training clips for validation.")
    ] = 0.1,
    test: Annotated[float, typer.Option("--test", help="Share of the training clips for test.")] = 0.2,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed; another seed draws other clips.")] = 0,
    other_ids: Annotated[
        bool,
        typer.Option(
            "--other-ids/--no-other-ids", help="Use clips of the machine's other ids as proxies for anomalies."
        ),
    ] = True,
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", help="Synthetic fault to mix into held-out clips as a proxy; repeatable."),
    ] = None,
    snr: Annotated[float, typer.Option("--snr", help="Power of the fault relative to the clip, in dB.")] = 0.0,
    severity: Annotated[
        float, typer.Option("--severity", help="Share of the time in which the fault sounds, up to 1.")
    ] = 1.0,
    json: Json = False,
) -> None:
    """Hold out training clips for validation and test, with proxies for anomalies, if test labels are secret.

    Examples
    --------
    offkey data split recordings --dataset folder --fault leak --out splits.csv
    """
    check_target("--out", out)
    proxies = out.with_name(f"{out.stem}_proxies")
    check_not_inputs({"--out": out}, [root])
    if fault and root.is_file():
        check_not_inside("--out", proxies, [root])
    from offkey.datasets.proxies import FaultMix
    from offkey.datasets.readers import read_dataset
    from offkey.datasets.splits import HoldOut, hold_out
    from offkey.datasets.table import write_table

    how = HoldOut(validation, test, seed, other_ids)
    mix = FaultMix(tuple(fault), snr, severity) if fault else None
    table = read_dataset(dataset, root, machines=machine)
    with ExitStack() as bars:
        result = hold_out(
            table,
            how,
            faults=mix,
            proxy_folder=proxies,
            progress=lambda total: bars.enter_context(progress("Mixing", total)),
        )
    write_table(result.table, out)
    say_left_out(result.left_out)
    counts = _counts(result.table)
    if json:
        left_out = [{"file": file, "error": reason} for file, reason in result.left_out]
        print_json({"table": str(out), "clips": len(result.table), "counts": counts, "left_out": left_out})
    else:
        _print(counts)
    say(
        f"{out}: {counted(len(result.table), 'row')}. Anomalies in it are proxies; results on them are no results "
        "on faults."
    )
    if result.left_out:
        raise typer.Exit(PARTLY_DONE)


def _counts(table: pl.DataFrame) -> list[dict[str, Any]]:
    counted = Counter(table.select(*_CELL).iter_rows())
    ordered = sorted(counted.items(), key=lambda item: [str(value or "") for value in item[0]])
    return [{**dict(zip(_CELL, cell, strict=True)), "n": n} for cell, n in ordered]


def _print(counts: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table()
    for name in _CELL:
        table.add_column(name)
    table.add_column("clips", justify="right")
    for cell in counts:
        table.add_row(*(cell[name] or "-" for name in _CELL), str(cell["n"]))
    print_table(table)
