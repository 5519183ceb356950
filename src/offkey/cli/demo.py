"""Command ``offkey demo``."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offkey.cli.console import print_json, print_table, progress, say
from offkey.cli.options import Jobs, Json
from offkey.errors import check_installed

if TYPE_CHECKING:
    from collections.abc import Callable

    from offkey.demo import Tour

__all__ = ["demo"]


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder to write to; a new or empty one.")] = Path("offkey-demo"),
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed; another seed gives another plant.")] = 0,
    snr: Annotated[
        float, typer.Option("--snr", help="Level of the machines relative to the factory noise, in dB.")
    ] = 6.0,
    train: Annotated[int, typer.Option("--train", min=5, help="Normal training clips per machine.")] = 60,
    test: Annotated[
        int, typer.Option("--test", min=2, help="Test clips per machine, half normal and half faulty.")
    ] = 20,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Take a two-minute tour: make a plant of synthetic machines with faults, fit, score, evaluate, and draw.

    Examples
    --------
    offkey demo --out tour
    offkey demo --out small --train 20 --test 5
    """
    check_installed("pictures", "The demo", "matplotlib")
    from offkey.demo import run_tour

    bars = ExitStack()

    def stage(name: str, steps: int) -> Callable[[], None]:
        bars.close()
        say(f"{name} ...")
        return bars.enter_context(progress(name, steps))

    with bars:
        tour = run_tour(out, seed=seed, snr_db=snr, train=train, test=test, jobs=jobs, stage=stage)
    if json:
        print_json(_report(tour))
    else:
        _print(tour)
    say(f"Written in {tour.seconds:.0f} s to {tour.folder}/: plant/ (clips, truth.csv), models/, scores.csv, demo.png.")


def _report(tour: Tour) -> dict[str, object]:
    rows = [
        {"machine": report.machine, **report.figures, "found": {k: list(v) for k, v in report.found().items()}}
        for report in tour.machines
    ]
    return {"folder": str(tour.folder), "seconds": round(tour.seconds, 2), "machines": rows}


def _print(tour: Tour) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("machine", "AUC", "95 %", "pAUC", "false alarms", "faults found"):
        table.add_column(column, no_wrap=column != "faults found")
    for report in tour.machines:
        figures = report.figures
        low, high = figures["auc_ci"]
        table.add_row(
            report.machine,
            f"{figures['auc']:.3f}",
            f"{low:.3f} to {high:.3f}",
            f"{figures['pauc']:.3f}",
            f"{figures['false_positives']} of {figures['n_normal']}",
            ", ".join(f"{fault.replace('_', ' ')} {found}/{of}" for fault, (found, of) in report.found().items()),
        )
    print_table(table)
