"""Command ``offkey tune``."""

from __future__ import annotations

from enum import StrEnum
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offkey.cli.console import PARTLY_DONE, print_json, say, say_left_out, say_notes
from offkey.cli.experiments import OutFolder, check_folder, stages
from offkey.cli.leaderboards import TableFile, check_table_file, print_leaderboard, write_table_file
from offkey.cli.options import Dataset, DetectorName, FrontEndName, Jobs, Json, Machines, Root, TrustRemoteCode
from offkey.cli.outputs import check_not_inputs, check_not_inside
from offkey.cli.picture_options import Dpi, Format, Width, form_of_files
from offkey.cli.value_lists import values_of
from offkey.components import CONSENT
from offkey.errors import UsageError, check_installed
from offkey.listing import counted

if TYPE_CHECKING:
    import polars as pl

    from offkey.datasets.proxies import FaultMix
    from offkey.experiments.candidate import Candidate
    from offkey.experiments.tuning.division import Division
    from offkey.experiments.tuning.results import Tuned
    from offkey.features.learning import Stage

__all__ = ["tune"]

_MOST_SHOWN = 40
_LONGEST = 40  # letters of a value; longer ones are cut


class SearchOption(StrEnum):
    """Ways to search, those of `offkey.experiments.tuning.search`, named here so that the help stays quick."""

    GRID = "grid"
    RANDOM = "random"
    OPTUNA = "optuna"


class MetricOption(StrEnum):
    """The metric of the choice, as in `offkey.experiments.measures`."""

    AUC = "auc"
    PAUC = "pauc"
    MEAN = "mean"


def tune(
    root: Root,
    dataset: Dataset,
    out: OutFolder,
    machine: Machines = None,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", help="CSV file with the columns file,label for test clips whose names give no label."),
    ] = None,
    detector: DetectorName = "fused",
    features: FrontEndName = "logmel",
    param: Annotated[
        list[str] | None,
        typer.Option("--param", help="NAME=V1,V2,...: values of a parameter of the detector; repeatable."),
    ] = None,
    features_param: Annotated[
        list[str] | None,
        typer.Option("--features-param", help="NAME=V1,V2,...: values of a parameter of the front end; repeatable."),
    ] = None,
    trust_remote_code: TrustRemoteCode = False,
    search: Annotated[
        SearchOption, typer.Option("--search", help="grid: every combination; random, optuna: --trials of them.")
    ] = SearchOption.GRID,
    trials: Annotated[
        int | None,
        typer.Option("--trials", min=1, help="Number of combinations to try with random or optuna; by default 20."),
    ] = None,
    metric: Annotated[
        MetricOption, typer.Option("--metric", help="Metric to choose by: AUC, pAUC, or the mean of both.")
    ] = MetricOption.AUC,
    select_features: Annotated[
        bool,
        typer.Option(
            "--select-features", help="Rank bands or statistics, and keep only the best if that improves the metric."
        ),
    ] = False,
    select_up_to: Annotated[
        int, typer.Option("--select-up-to", min=2, help="Number of groups of bands to make, or of statistics to rank.")
    ] = 16,
    report_share: Annotated[
        float,
        typer.Option("--report-share", help="Share of the machine ids held out for the report."),
    ] = 0.5,
    proxies: Annotated[
        bool, typer.Option("--proxies", help="Tune without labels, on faults mixed into held-out normal clips.")
    ] = False,
    fault: Annotated[
        list[str] | None, typer.Option("--fault", help="With --proxies: fault to mix in; repeatable; by default all.")
    ] = None,
    snr: Annotated[
        float, typer.Option("--snr", help="With --proxies: power of the fault relative to the clip, in dB.")
    ] = 0.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the division, the search and the bootstrap.")] = 0,
    picture_format: Format = None,
    width: Width = None,
    dpi: Dpi = None,
    table: TableFile = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Choose parameters and features on one part of the labelled clips, and report on the other.

    Examples
    --------
    offkey tune dcase2020 --dataset dcase2020 --detector gmm --param n_components=1,2,4 --out tuned
    """
    check_installed("experiments", "The command tune", "polars", "matplotlib", "jinja2", "sklearn")
    detector_values = values_of("--param", param or [])
    features_values = values_of("--features-param", features_param or [])
    features_values |= {CONSENT: [True]} if trust_remote_code else {}
    if not (detector_values or features_values or select_features):
        raise UsageError("There is nothing to tune: give --param or --features-param NAME=V1,V2, or --select-features.")
    if fault and not proxies:
        raise UsageError("The option --fault names what to mix into clips, and needs --proxies.")
    form = form_of_files(picture_format, width, dpi)
    check_folder(out)
    check_table_file(table)
    check_not_inputs({"--table": table, "--out": out.glob("*.*")}, [root, labels])
    if proxies and root.is_file():
        check_not_inside("--out", out / "proxies", [root])
    from offkey.datasets.readers import read_dataset
    from offkey.experiments.measures import Metric
    from offkey.experiments.space import Space
    from offkey.experiments.tuning.division import check_share
    from offkey.experiments.tuning.search import Search
    from offkey.experiments.tuning.tables import write_tuned
    from offkey.experiments.tuning.tuning import Tuner

    space = Space(detector, features, detector_values, features_values)
    how, by = Search(search.value), Metric(metric.value)
    with stages() as stage:
        tuner = Tuner(space, how=how, trials=trials, metric=by, seed=seed, jobs=jobs, stage=stage)
        check_share(report_share)
        mix = _fault_mix(fault, snr) if proxies else None
        clips = read_dataset(dataset, root, machines=machine)
        if labels is not None:
            clips, caveat = _labelled(clips, labels)
            if caveat:
                say(f"note: {caveat}")
        division = _divided(clips, mix, out / "proxies", report_share, seed, stage)
        tuned = tuner.tune(division, select_features=select_features, most=select_up_to)
    written = write_tuned(tuned, out, form)
    write_table_file(tuned.boards, table)
    _say_result(tuned, written)
    if json:
        print_json({**tuned.to_json(), "written": [str(path) for path in written]})
    else:
        for board in tuned.boards:
            print_leaderboard(board, most=_MOST_SHOWN)
    if tuned.left_out:
        raise typer.Exit(PARTLY_DONE)


def _labelled(table: pl.DataFrame, labels: Path) -> tuple[pl.DataFrame, str]:
    """Return the table with the labels of a file, and remarks on them."""
    from offkey.evaluation.labels import read_labels
    from offkey.experiments.tuning.given_labels import with_labels

    given = read_labels(labels)
    labelled = with_labels(table, given)
    left = sum(split in (None, "test") and label is None for split, label in labelled.select("split", "label").rows())
    unlabelled = f"{counted(left, 'clip')} without a label left out." if left else ""
    return labelled, f"{unlabelled} {given.caveat}".strip()


def _fault_mix(fault: list[str] | None, snr_db: float) -> FaultMix:
    from offkey.datasets.proxies import FaultMix
    from offkey.synthetic import faults

    return FaultMix(tuple(fault or faults()), snr_db)


def _divided(
    table: pl.DataFrame, mix: FaultMix | None, folder: Path, report_share: float, seed: int, stage: Stage
) -> Division:
    """Divide the labelled clips, or normal ones with proxies for anomalies."""
    if mix is None:
        from offkey.experiments.tuning.division import divide

        return divide(table, report_share=report_share, seed=seed)
    from offkey.experiments.tuning.proxies import divide_with_proxies

    return divide_with_proxies(
        table,
        mix,
        folder,
        report_share=report_share,
        seed=seed,
        progress=lambda total: stage("Mixing faults", total),
    )


def _say_result(tuned: Tuned, written: list[Path]) -> None:
    say_left_out(tuned.left_out.items())
    say_notes(tuned.notes)
    if len(tuned.trials) > _MOST_SHOWN:
        say(f"note: {len(tuned.trials) - _MOST_SHOWN} more candidates stand in {written[1]}.")
    if tuned.selection is not None:
        kept = [step.group.name for step in tuned.selection.steps[: tuned.selection.n_kept] if step.group is not None]
        n_groups = len(tuned.selection.groups)
        say(f"Features: {f'{len(kept)} of {n_groups} are kept: ' + ', '.join(kept) if kept else 'all are kept'}.")
    say(f"Chosen: {_words(tuned.chosen)}. Written: {', '.join(str(path) for path in written)}.")


def _words(candidate: Candidate) -> str:
    parts = ((candidate.detector, candidate.detector_params), (candidate.features, candidate.features_params))
    described = []
    for name, params in parts:
        inside = ", ".join(f"{param}={_text(value)}" for param, value in params.items())
        described.append(f"{name} ({inside or 'defaults'})")
    return " on ".join(described)


def _text(value: object) -> str:
    text = value if isinstance(value, str) else dumps(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
