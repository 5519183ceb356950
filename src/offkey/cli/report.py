"""Command ``offkey report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offkey.cli.console import print_json, progress, say, say_notes
from offkey.cli.options import Json, TrustRemoteCode
from offkey.cli.outputs import check_not_inputs, check_target
from offkey.errors import check_installed
from offkey.listing import counted

__all__ = ["report"]


def report(
    scores: Annotated[Path, typer.Argument(help="Score file of 'offkey score', or run of 'offkey benchmark'.")],
    out: Annotated[Path, typer.Option("--out", help="HTML file to write.")],
    model: Annotated[
        Path | None, typer.Option("--model", help="Model that scored them; needed for explanations.")
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            help="CSV file with the columns file,label; by default a 'label' column or the names give the label.",
        ),
    ] = None,
    top: Annotated[
        int,
        typer.Option("--top", min=0, help="Number of most anomalous clips to explain and to include with their sound."),
    ] = 3,
    combination: Annotated[
        str | None, typer.Option("--combination", help="Combination of the run; by default the first.")
    ] = None,
    machine: Annotated[str | None, typer.Option("--machine", help="Use only clips of this machine.")] = None,
    section: Annotated[
        str | None, typer.Option("--section", help="Use only clips of this section or machine id.")
    ] = None,
    trust_remote_code: TrustRemoteCode = False,
    json: Json = False,
) -> None:
    """Write one HTML page of scored clips: verdict on the machine, scores over time, clips to play, explanations.

    Examples
    --------
    offkey report scores.csv --model pump7.offkey --out report.html
    offkey report run --machine fan --out fan.html
    """
    check_installed("pictures", "The report", "matplotlib", "jinja2")
    check_target("--out", out)
    of_run = [scores / "run.json", *scores.glob("scores/*.csv")] if scores.is_dir() else []
    check_not_inputs({"--out": out}, [scores, model, labels, *of_run])
    from offkey.evaluation.labels import read_labels
    from offkey.explain.report import write_report
    from offkey.explain.scored import read_scored, with_held_out
    from offkey.model import load

    fitted = None if model is None else load(model, trust_remote_code=trust_remote_code)
    scored = read_scored(
        scores,
        labels=None if labels is None else read_labels(labels),
        combination=combination,
        machine=machine,
        section=section,
        threshold=None if fitted is None else fitted.threshold.value,
    )
    check_not_inputs({"--out": out}, (scored.path_of(clip) for clip in scored.clips))
    if fitted is not None:
        scored = with_held_out(scored, fitted)
    with progress("Explaining", min(top, len(scored.clips)) if fitted else 0) as advance:
        summary = write_report(
            scored, out, model=fitted, name="" if model is None else model.stem, top=top, advance=advance
        )
    unlabelled = sum(clip.label is None for clip in scored.clips)
    if 0 < unlabelled < len(scored.clips):
        say(f"note: {counted(len(scored.clips) - unlabelled, 'labelled clip')} measured; {unlabelled} without a label.")
    if json:
        print_json({"report": str(out), **summary, "unlabelled": unlabelled})
        return
    size = out.stat().st_size / 1e6
    say_notes(summary["notes"])
    say(f"{out}: {counted(summary['clips'], 'clip')}, {summary['explained']} of them explained; {size:.2g} MB.")
    if fitted is not None:
        say(f"{summary['verdict']['sentence']} {summary['verdict']['since']}".rstrip())
