"""Command ``offkey score``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from offkey.cli.console import PARTLY_DONE, print_json, progress, say
from offkey.cli.options import Inputs, Jobs, Json, check_target

if TYPE_CHECKING:
    from offkey.model import Model, Result

__all__ = ["score"]

_MOST_NAMED = 20


class Style(StrEnum):
    """Forms of the score file."""

    OFFKEY = "offkey"
    CONFIDENCE = "confidence"
    DCASE = "dcase"


def score(
    model: Annotated[Path, typer.Argument(help="The model file.")],
    inputs: Inputs,
    out: Annotated[Path | None, typer.Option("--out", help="CSV file to write; by default standard output.")] = None,
    style: Annotated[
        Style,
        typer.Option(
            "--style",
            help="offkey: all columns; confidence: file_id,score with higher = more normal; dcase: name.wav,score.",
        ),
    ] = Style.OFFKEY,
    window: Annotated[
        float | None, typer.Option("--window", help="Window of recordings over a minute, in seconds; else the model's.")
    ] = None,
    hop: Annotated[float | None, typer.Option("--hop", help="From one window to the next, in seconds.")] = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Score clips: a row a clip, or a row a window of a recording longer than a minute."""
    if out is not None:
        check_target("--out", out)
    from offkey.cli.inputs import read_inputs
    from offkey.model import load
    from offkey.model.score_table import check_names, write_scores

    fitted = load(model).with_windowing(window, hop)
    clips = read_inputs(inputs).files
    check_names(clips, style.value)
    kept: list[Result] = []
    counts = _Counts()
    with progress("Scoring", len(clips)) as advance:
        results = counts.watch(fitted.results(clips, jobs=jobs, advance=advance))
        if json:
            results = _keep(results, kept)
        if out is not None or not json:
            with _target(out) as file:
                write_scores(results, file, style.value)
        else:
            for _ in results:
                pass
    if json:
        print_json(_report(fitted, kept))
    counts.say(fitted)
    if counts.errors:
        raise typer.Exit(PARTLY_DONE)


class _Counts:
    """What happened, counted while the results stream by."""

    def __init__(self) -> None:
        self.scored = self.anomalous = 0
        self.errors: list[str] = []

    def watch(self, results: Iterable[Result]) -> Iterator[Result]:
        for result in results:
            if result.error is not None:
                self.errors.append(result.error)
            else:
                self.scored += 1
                self.anomalous += bool(result.anomalous)
            yield result

    def say(self, fitted: Model) -> None:
        for error in self.errors[:_MOST_NAMED]:
            say(f"error: {error}")
        if len(self.errors) > _MOST_NAMED:
            say(f"error: {len(self.errors) - _MOST_NAMED} more, each in its row.")
        threshold = fitted.threshold
        say(
            f"{self.scored} scored, {self.anomalous} anomalous (score above {threshold.value:.4g}, "
            f"false-alarm rate {threshold.false_alarm_rate:g}), {len(self.errors)} with an error."
        )


def _keep(results: Iterable[Result], kept: list[Result]) -> Iterator[Result]:
    for result in results:
        kept.append(result)
        yield result


def _report(fitted: Model, results: list[Result]) -> dict[str, object]:
    rows = [asdict(result) for result in results]
    for row in rows:
        row["anomalous"] = None if row["anomalous"] is None else int(row["anomalous"])
    threshold = fitted.threshold
    return {
        "rows": rows,
        "threshold": threshold.value,
        "false_alarm_rate": threshold.false_alarm_rate,
        "extrapolated": threshold.extrapolated,
    }


@contextmanager
def _target(out: Path | None) -> Iterator[TextIO]:
    from offkey.files import atomic_text

    if out is None:
        yield sys.stdout
    else:
        with atomic_text(out) as file:
            yield file
