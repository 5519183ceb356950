"""Command ``offkey study``."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offkey.cli.console import PARTLY_DONE, print_json, print_table, say, say_left_out, say_notes
from offkey.cli.experiments import OutFolder, check_folder, figure_cells, stages
from offkey.cli.leaderboards import Each, TableFile, check_table_file, print_leaderboard, write_table_file
from offkey.cli.options import BootstrapSeed, Dataset, Jobs, Json, Machines, Root
from offkey.cli.outputs import check_not_inputs
from offkey.cli.picture_options import Dpi, Format, Width, form_of_files
from offkey.cli.training import Device, on_device
from offkey.cli.value_lists import values_of
from offkey.errors import UsageError, check_installed

if TYPE_CHECKING:
    from offkey.experiments.study import Study

__all__ = ["study"]


def study(
    root: Root,
    dataset: Dataset,
    out: OutFolder,
    machine: Machines = None,
    detector: Annotated[
        list[str] | None,
        typer.Option("--detector", help="Name of a detector; repeatable; 'autoencoder' and 'gmm' by default."),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(
            "--param",
            help="DETECTOR.NAME=V1,V2,...: values to try; repeatable; by default autoencoder.bottleneck=2,8,32 and "
            "gmm.n_components=1,2,4,8.",
        ),
    ] = None,
    features: Annotated[
        list[str] | None,
        typer.Option(
            "--features",
            help="DETECTOR=NAME, the front end of a detector; repeatable; by default 'frames' for detectors of "
            "frames, else 'logmel'.",
        ),
    ] = None,
    seed: BootstrapSeed = 0,
    device: Device = None,
    picture_format: Format = None,
    width: Width = None,
    dpi: Dpi = None,
    table: TableFile = None,
    each: Each = False,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Compare detectors over their settings, per machine id, on the same clips; by default autoencoder and GMM.

    Examples
    --------
    offkey study dcase2020 --dataset dcase2020 --out study
    """
    check_installed("experiments", "The command study", "polars", "matplotlib", "jinja2", "sklearn")
    form = form_of_files(picture_format, width, dpi)
    check_folder(out)
    check_table_file(table)
    check_not_inputs({"--table": table, "--out": out.glob("study.*")}, [root])
    values, fronts = _values(param or []), _fronts(features or [])
    from offkey.datasets.readers import read_dataset
    from offkey.experiments.study import default_values, run_study, spaces
    from offkey.experiments.study.outputs import write_study

    classic = default_values()
    names = list(detector or classic)
    compared = spaces(names, {name: classic.get(name, {}) for name in names} | values, fronts)
    with on_device(device), stages() as stage:
        outcome = run_study(read_dataset(dataset, root, machines=machine), compared, seed=seed, jobs=jobs, stage=stage)
    written = write_study(outcome, out, form)
    write_table_file([outcome.board], table)
    say_left_out(outcome.left_out.items())
    say_notes(outcome.notes)
    say(f"Nothing was chosen: 'offkey tune' chooses honestly. Written: {', '.join(str(path) for path in written)}.")
    if json:
        print_json({**outcome.to_json(), "written": [str(path) for path in written]})
    else:
        if each or any(trial.mean is None for trial in outcome.trials):
            _print_each(outcome)
        print_leaderboard(outcome.board)
    if outcome.left_out:
        raise typer.Exit(PARTLY_DONE)


def _values(texts: list[str]) -> dict[str, dict[str, list[Any]]]:
    """Read DETECTOR.NAME=V1,V2,... by detector."""
    of_detector: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        owner, dot, parameter = text.partition(".")
        if not dot or "=" in owner:
            raise UsageError(f"The option --param must have the form DETECTOR.NAME=V1,V2,... Got {text!r} instead.")
        of_detector[owner].append(parameter)
    return {owner: values_of("--param", listed) for owner, listed in of_detector.items()}


def _fronts(texts: list[str]) -> dict[str, str]:
    """Read DETECTOR=NAME by detector."""
    fronts = {}
    for text in texts:
        owner, equals, name = text.partition("=")
        if not equals or not owner or not name:
            raise UsageError(f"The option --features must have the form DETECTOR=NAME. Got {text!r} instead.")
        fronts[owner] = name
    return fronts


def _print_each(outcome: Study) -> None:
    from rich.table import Table

    from offkey.experiments.measures import Figures

    table = Table()
    for name in ("id", "detector", "setting"):
        table.add_column(name)
    for name in ("AUC", "pAUC"):
        table.add_column(name, justify="right")
    for name in (*outcome.ids, *(["mean"] if len(outcome.ids) > 1 else [])):
        for trial in outcome.trials:
            figures = trial.mean if name == "mean" else trial.cells[name]
            cells = figure_cells(figures if isinstance(figures, Figures) else None)
            table.add_row(name, trial.candidate.detector, trial.label or "default", *cells)
        table.add_section()
    print_table(table)
