"""Command ``offkey identify fit``."""

from __future__ import annotations

from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offkey.cli.console import PARTLY_DONE, print_json, print_table, progress, say, say_left_out
from offkey.cli.options import ChannelOption, Jobs, Json, Machines, Rate, TypedDataset, params_of
from offkey.cli.outputs import check_not_inputs, check_target
from offkey.cli.training import Device, on_device, say_trainings, trainings_shown
from offkey.errors import UsageError, check_installed

if TYPE_CHECKING:
    from offkey.learned.identify.fitting import Learnt

__all__ = ["fit"]


class SplitBy(StrEnum):
    """The unit that is held out."""

    ID = "id"
    CLIP = "clip"


def fit(
    root: Annotated[
        Path, typer.Argument(help="Folder with one folder per machine type, such as ROOT/fan/id_00/clip.wav.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The file to write, by convention ending in .offkey.")],
    classifier: Annotated[
        str, typer.Option("--classifier", help="linear (needs no torch), or resnet34 (needs the extra 'torch').")
    ] = "linear",
    classifier_param: Annotated[
        list[str] | None,
        typer.Option("--classifier-param", help="NAME=VALUE, a parameter of the classifier; repeatable."),
    ] = None,
    dataset: TypedDataset = "folder",
    machine: Machines = None,
    split: Annotated[
        SplitBy,
        typer.Option(
            "--split", help="id: hold out whole machines; clip: hold out random clips, which gives too good figures."
        ),
    ] = SplitBy.ID,
    holdout: Annotated[float, typer.Option("--holdout", help="Share of ids, or of clips, to hold out.")] = 0.25,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the split and the training.")] = 0,
    unknown_rate: Annotated[
        float, typer.Option("--unknown-rate", help="Share of clips of known types that may be called unknown.")
    ] = 0.05,
    least_probability: Annotated[
        float,
        typer.Option(
            "--least-probability", help="A clip whose likeliest type has a lower probability is called unknown."
        ),
    ] = 0.5,
    leave_out_types: Annotated[
        bool,
        typer.Option(
            "--leave-out-types",
            help="For each type in turn, measure how many of its clips are called unknown if it was not learnt.",
        ),
    ] = False,
    rate: Rate = None,
    channel: ChannelOption = "0",
    report: Annotated[
        Path | None, typer.Option("--report", help="Report to write: an HTML file, or a folder for index.html.")
    ] = None,
    predictions: Annotated[
        Path | None,
        typer.Option("--predictions", help="CSV file to write: every held-out clip, its type and its recognised type."),
    ] = None,
    device: Device = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Fit a classifier of machine types on clips of each.

    The same command continues an interrupted training.

    Examples
    --------
    offkey identify fit machines --out types.offkey --report identify.html
    """
    check_installed("experiments", "The command identify fit", "polars", "matplotlib", "jinja2", "sklearn")
    check_target("--out", out)
    if predictions is not None:
        check_target("--predictions", predictions)
    page = None if report is None else _page(report)
    check_not_inputs({"--out": out, "--report": page, "--predictions": predictions}, [root])
    params = params_of("--classifier-param", classifier_param or [])
    from offkey.audio import parse_channel
    from offkey.learned.identify.clips import read_clips
    from offkey.learned.identify.fitting import learn

    typed = read_clips(root, dataset=dataset, machines=machine).to_learn()
    checkpoints = out.with_name(f"{out.name}.training")
    with on_device(device), ExitStack() as bars, trainings_shown(bars, checkpoints) as trainings:
        advance = bars.enter_context(progress("Reading", len(typed.clips)))
        learnt = learn(
            typed.clips,
            classifier=classifier,
            classifier_params=params,
            split=split.value,
            holdout=holdout,
            seed=seed,
            unknown_rate=unknown_rate,
            least_probability=least_probability,
            leave_out_types=leave_out_types,
            rate=rate,
            channel=parse_channel(channel),
            left_out=typed.left_out,
            jobs=jobs,
            advance=advance,
            say=say,
        )
    learnt.identifier.save(out)
    trainings.clear()
    say_trainings(trainings, None)
    if page is not None:
        from offkey.learned.identify.report import write_report

        write_report(page, learnt)
        say(f"{page}: the report.")
    if predictions is not None:
        from offkey.learned.identify.predictions import write_predictions

        write_predictions(predictions, learnt)
        say(
            f"{predictions}: the {len(set(learnt.held_out_clips))} clips that were held out, and what they were called."
        )
    _report(learnt, out, json=json)
    if learnt.identifier.fitted_on.left_out:
        raise typer.Exit(PARTLY_DONE)


def _page(report: Path) -> Path:
    """Return the file of the report; a path without the ending of a page is a folder, which is made."""
    if report.suffix.lower() in (".html", ".htm"):
        check_target("--report", report)
        return report
    try:
        report.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"The folder {report} for the report cannot be made: {error.strerror or error}.") from error
    return report / "index.html"


def _report(learnt: Learnt, out: Path, *, json: bool) -> None:
    identifier = learnt.identifier
    on = identifier.fitted_on
    say_left_out(on.left_out, f"; 'offkey info {out}' names them all")
    for note in (*on.notes, on.about_split):
        say(f"note: {note}")
    if json:
        print_json({"model": str(out), "types": list(identifier.types), **on.model_dump(mode="json")})
    else:
        _print(on.measured, on.foreign)
    say(
        f"{out}: recognises {', '.join(identifier.types)}; on held-out clips accuracy {on.measured['accuracy']:.3f}, "
        f"macro F1 {on.measured['macro_f1']:.3f}, {on.measured['called_unknown']:.1%} called unknown."
    )


def _print(measured: dict[str, Any], foreign: dict[str, float]) -> None:
    from rich.table import Table

    table = Table(title="Held-out clips, by the likeliest type", title_justify="left")
    table.add_column("machine type")
    for name in ("clips", "precision", "recall", "F1", *(("unknown when not learnt",) if foreign else ())):
        table.add_column(name, justify="right")
    for row in measured["types"]:
        figures = ["-" if row[name] is None else f"{row[name]:.3f}" for name in ("precision", "recall", "f1")]
        left = [f"{foreign[row['machine_type']]:.3f}"] if foreign else []
        table.add_row(row["machine_type"], str(row["n"]), *figures, *left)
    print_table(table)
