"""Command ``offkey data download``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offkey.cli.console import print_json, print_table, say
from offkey.cli.options import Json, Machines
from offkey.datasets.editions import edition_span
from offkey.listing import counted

if TYPE_CHECKING:
    from offkey.datasets.download import Download

__all__ = ["download"]


def download(
    dataset: Annotated[str, typer.Argument(help=f"Name of the data set: {edition_span()}, or mimii.")],
    to: Annotated[
        Path | None, typer.Option("--to", help="The data set's folder; by default its name, in the current folder.")
    ] = None,
    machine: Machines = None,
    part: Annotated[
        list[str] | None,
        typer.Option(
            "--part", help="dev, additional or eval; for mimii 6dB, 0dB or min6dB; repeatable; all by default."
        ),
    ] = None,
    only_list: Annotated[
        bool, typer.Option("--list", help="Only list the archives to download, and their size.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the archives after unpacking.")] = False,
    server: Annotated[
        str, typer.Option("--server", help="Address of Zenodo, or of a mirror with the same interface.")
    ] = "https://zenodo.org",
    json: Json = False,
) -> None:
    """Download a public data set, check it by MD5 sums and unpack it; repeat the command to continue.

    Examples
    --------
    offkey data download dcase2023 --list
    offkey data download dcase2020 --machine slider --part dev
    """
    from offkey.datasets.download import download as fetch_all
    from offkey.datasets.download import plan

    folder = to or Path(dataset)
    if only_list:
        downloads = plan(dataset, folder, machines=machine, parts=part, server=server)
        _report(downloads, folder, json=json)
        return
    with ExitStack() as bars:
        downloads = fetch_all(
            dataset,
            folder,
            machines=machine,
            parts=part,
            server=server,
            keep=keep,
            progress=lambda name, total: _bar(bars, name, total),
        )
    _report(downloads, folder, json=json)
    fetched = [file for file in downloads if not file.done]
    say(
        f"{folder}: {counted(len(fetched), 'archive')} fetched and unpacked, "
        f"{len(downloads) - len(fetched)} were there."
    )


def _bar(bars: ExitStack, name: str, total: int) -> Callable[[int], None]:
    """Show a bar of the bytes of each step, one at a time."""
    bars.close()
    if not sys.stderr.isatty():
        say(f"{name} ({_megabytes(total)}) ...")
        return lambda n: None
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    shown = bars.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
    task = shown.add_task(name, total=total)
    return lambda n: shown.advance(task, n)


def _report(downloads: list[Download], folder: Path, *, json: bool) -> None:
    rows: list[dict[str, Any]] = [
        {
            "archive": file.remote.name,
            "part": file.archive.part,
            "machine": file.archive.machine,
            "record": file.archive.record,
            "bytes": file.remote.size,
            "there": file.done,
        }
        for file in downloads
    ]
    if json:
        print_json({"folder": str(folder), "archives": rows})
        return
    from rich.table import Table

    table = Table("part", "machine", "archive", "Zenodo record")
    table.add_column("size", justify="right")
    table.add_column("before")
    for row in rows:
        there = "there" if row["there"] else "-"
        table.add_row(row["part"], row["machine"], row["archive"], row["record"], _megabytes(row["bytes"]), there)
    print_table(table)


def _megabytes(n: int) -> str:
    return f"{n / 1e6:.1f} MB"
