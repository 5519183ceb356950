"""Command ``offkey benchmark``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offkey.cli.config_file import Config, read_components
from offkey.cli.console import PARTLY_DONE, print_json, print_table, say, say_first
from offkey.cli.engine_options import Address, EngineName, Workers, make_executor
from offkey.cli.experiments import interval_text, number_text, stages
from offkey.cli.leaderboards import Each, TableFile, check_table_file, print_leaderboard, write_table_file
from offkey.cli.options import (
    Dataset,
    FalseAlarmRate,
    GroundTruthPath,
    Json,
    Machines,
    TrustRemoteCode,
    consented,
    params_of,
)
from offkey.cli.outputs import check_not_inputs
from offkey.errors import UsageError, check_installed

if TYPE_CHECKING:
    from offkey.experiments.benchmark import BenchmarkRun
    from offkey.experiments.cell import SetPart

__all__ = ["benchmark"]


class WhichPart(StrEnum):
    """Sets of an edition."""

    DEV = "dev"
    EVAL = "eval"
    BOTH = "both"


class WhatOfSupplemental(StrEnum):
    """The use of supplemental clips."""

    IGNORE = "ignore"
    USE = "use"


def benchmark(
    root: Annotated[
        str,
        typer.Argument(
            help="Folder of the data set in its official layout, with dev_data and eval_data, or with machines; or "
            "its URL (s3://...)."
        ),
    ],
    dataset: Dataset,
    out: Annotated[Path, typer.Option("--out", help="Folder to write to; an interrupted run in it is continued.")],
    machine: Machines = None,
    part: Annotated[
        WhichPart,
        typer.Option(
            "--part",
            help="dev: development set; eval: evaluation set, fitted on the additional training set; or both in turn.",
        ),
    ] = WhichPart.DEV,
    detector: Annotated[
        list[str] | None, typer.Option("--detector", help="Name of a detector; repeatable; 'fused' by default.")
    ] = None,
    detector_param: Annotated[
        list[str] | None,
        typer.Option(
            "--detector-param", help="NAME=VALUE, or DETECTOR.NAME=VALUE if there are several detectors; repeatable."
        ),
    ] = None,
    features: Annotated[
        list[str] | None, typer.Option("--features", help="Name of a front end; repeatable; 'logmel' by default.")
    ] = None,
    features_param: Annotated[
        list[str] | None,
        typer.Option(
            "--features-param", help="NAME=VALUE, or FEATURES.NAME=VALUE if there are several front ends; repeatable."
        ),
    ] = None,
    trust_remote_code: TrustRemoteCode = False,
    config: Config = None,
    seed: Annotated[
        list[int] | None, typer.Option("--seed", help="Seed of detectors and calibration; repeatable; 0 by default.")
    ] = None,
    false_alarm_rate: FalseAlarmRate = 0.01,
    channel: Annotated[
        str | None,
        typer.Option(
            "--channel",
            help="Channel to use: an index from 0, 'mean', or '0-1' (near and far microphone); by default the "
            "baseline's.",
        ),
    ] = None,
    ground_truth: GroundTruthPath = None,
    supplemental: Annotated[
        WhatOfSupplemental,
        typer.Option(
            "--supplemental",
            help="Clips of noise alone (2025). use: remove the directions in which noise moves the features.",
        ),
    ] = WhatOfSupplemental.IGNORE,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            min=1,
            help="Number of clips read, then of models fitted, in parallel; by default one per processor.",
        ),
    ] = None,
    engine: EngineName = None,
    workers: Workers = None,
    address: Address = None,
    store: Annotated[
        str | None,
        typer.Option(
            "--run", help="Folder or URL (s3://...) for features and finished fits; by default store/ in OUT."
        ),
    ] = None,
    table: TableFile = None,
    each: Each = False,
    json: Json = False,
) -> None:
    """Fit, score and evaluate a data set in its official layout: results, official scores, submission, report.

    Every combination of detector, front end and seed is measured. The same command continues an interrupted run.

    Examples
    --------
    offkey benchmark dcase2023 --dataset dcase2023 --out run
    offkey benchmark plant --dataset folder --detector gmm --out run
    """
    check_installed("experiments", "The command benchmark", "polars", "matplotlib", "jinja2", "sklearn")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"The option --out names {out}, but the folder {out.parent} does not exist: make it first.")
    check_table_file(table)
    check_not_inputs({"--table": table, "--out": [*out.glob("*.*"), *out.glob("scores/*.csv")]}, [root, config])
    from offkey.audio import parse_channel
    from offkey.experiments.benchmark import Settings, candidates, run_benchmark
    from offkey.work.folders import is_remote

    detectors, detector_params, front_ends, features_params = read_components(
        config,
        detector,
        params_of("--detector-param", detector_param or [], of_component=True),
        features,
        consented(
            params_of("--features-param", features_param or [], of_component=True), trust_remote_code, of_component=True
        ),
    )
    settings = Settings(
        dataset=dataset,
        root=root if is_remote(root) else Path(root),
        out=out,
        candidates=candidates(
            detectors, front_ends, seed or [0], detector_params=detector_params, features_params=features_params
        ),
        parts=_parts(part),
        machines=tuple(machine) if machine else None,
        channel=None if channel is None else parse_channel(channel),
        false_alarm_rate=false_alarm_rate,
        ground_truth=ground_truth,
        supplemental="use" if supplemental is WhatOfSupplemental.USE else "ignore",
        store=_absolute(store),
    )
    executor = make_executor(engine, workers, address)
    with stages() as stage:
        run = run_benchmark(settings, jobs=jobs, stage=stage, executor=executor)
    write_table_file(run.measured.boards, table)
    _report(run)
    if json:
        print_json(run.to_json())
    else:
        _print(run, each=each)
    if run.failed:
        raise typer.Exit(PARTLY_DONE)


def _parts(part: WhichPart) -> tuple[SetPart, ...]:
    return ("dev", "eval") if part is WhichPart.BOTH else ("dev",) if part is WhichPart.DEV else ("eval",)


def _absolute(store: str | None) -> str | None:
    """Name a folder in the same way wherever the command is given."""
    from offkey.work.folders import is_remote

    return store if store is None or is_remote(store) else str(Path(store).absolute())


def _print(run: BenchmarkRun, *, each: bool) -> None:
    """Print the leaderboards, the figures of each section before them, if asked for, or where labels are secret."""
    boards = run.measured.boards
    if each or not boards:
        _print_each(run)
    for board in boards:
        print_leaderboard(board)


def _print_each(run: BenchmarkRun) -> None:
    from rich.table import Table

    from offkey.experiments.system import titles

    rows = run.measured.rows
    columns = {name: {row[name] for row in rows} for name in ("part", "machine", "section", "snr_db", "domain")}
    shown = [name for name, values in columns.items() if len(values) > 1 or (name != "part" and None not in values)]
    candidates = run.measured.candidates
    named = {one.name: title for one, title in zip(candidates, titles(candidates), strict=True)}
    table = Table()
    for name in (*shown, *(["detector"] if len(named) > 1 else [])):
        table.add_column("SNR in dB" if name == "snr_db" else name)
    for name in ("normal", "anomalous", "AUC", "pAUC", "recall", f"false alarms (promised {run.measured.promised:g})"):
        table.add_column(name, justify="right")
    for row in rows:
        detector = [named[row["combination"]]] if len(named) > 1 else []
        table.add_row(*(_cell(row, name) for name in shown), *detector, *_figures(row))
    print_table(table)


def _cell(row: dict[str, Any], name: str) -> str:
    if row[name] is None:
        return "all" if name == "domain" else "-"
    return f"{row[name]:g}" if name == "snr_db" else str(row[name])


def _figures(row: dict[str, Any]) -> list[str]:
    counts = [str(row["n_normal"]), str(row["n_anomalous"])]
    areas = [
        interval_text(row[name], None if row[name] is None else (row[f"{name}_low"], row[f"{name}_high"]))
        for name in ("auc", "pauc")
    ]
    return [*counts, *areas, number_text(row["recall"]), number_text(row["false_alarm_rate"])]


def _report(run: BenchmarkRun) -> None:
    report = run.folder / "report.html"
    for word, sentences in (("error", [reason for _, reason in run.failed]), ("note", run.notes)):
        say_first(word, sentences, f", all in {report}")
    already = f"; {run.reused} fits were there already" if run.reused else ""
    say(f"{report} shows it all; {run.seconds:.0f} s{already}.")
