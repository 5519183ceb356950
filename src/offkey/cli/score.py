"""Command ``offkey score``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from io import StringIO
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from offkey.cli.console import PARTLY_DONE, print_json, progress, say, say_notes, written_to
from offkey.cli.engine_options import Address, EngineName, RunFolder, Workers, check_unused
from offkey.cli.options import Inputs, Jobs, Json, TableOut, TrustRemoteCode
from offkey.cli.outputs import check_not_inputs, check_target
from offkey.cli.score_explanations import check_folder, explain_clips
from offkey.cli.score_like import SampleClips
from offkey.cli.score_outcome import Outcome, Scoring, find_learnt
from offkey.errors import UsageError
from offkey.tables import path_text

if TYPE_CHECKING:
    from offkey.learned.identify.routing import Router
    from offkey.model import Model, Result

__all__ = ["score"]

_SHOWN_DIGITS = 5  # of a score on a terminal
_FURTHER = ("machine_type", "probability", "model")  # columns of clips whose model was picked


class Style(StrEnum):
    """Forms of the score file."""

    OFFKEY = "offkey"
    CONFIDENCE = "confidence"
    DCASE = "dcase"


def score(
    model: Annotated[Path, typer.Argument(help="The model file; with --identify, a folder of model files.")],
    inputs: Inputs,
    identify: Annotated[
        Path | None,
        typer.Option(
            "--identify",
            help="File of 'offkey identify fit' that chooses a model of the folder for each clip: fan.offkey, or "
            "fan_00.offkey.",
        ),
    ] = None,
    out: TableOut = None,
    style: Annotated[
        Style,
        typer.Option(
            "--style",
            help="offkey: all columns; confidence: file_id,score with higher = more normal; dcase: name.wav,score.",
        ),
    ] = Style.OFFKEY,
    like: Annotated[
        Path | None,
        typer.Option(
            "--like",
            help="With --style confidence: a sample submission; its ids, order and columns are kept, and every row "
            "is written.",
        ),
    ] = None,
    window: Annotated[
        float | None,
        typer.Option(
            "--window", help="Cut longer recordings into windows of this many seconds; by default as the model does."
        ),
    ] = None,
    hop: Annotated[
        float | None, typer.Option("--hop", help="Seconds from the start of one window to the next.")
    ] = None,
    explain: Annotated[
        Path | None, typer.Option("--explain", help="Folder for one page per anomalous clip, which explains its score.")
    ] = None,
    trust_remote_code: TrustRemoteCode = False,
    engine: EngineName = None,
    run: RunFolder = None,
    workers: Workers = None,
    address: Address = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Score clips: one row per clip; recordings much longer than the training clips get one row per window.

    Examples
    --------
    offkey score pump7.offkey recordings/new --out scores.csv
    offkey score pump7.offkey recordings/new --out scores.csv --explain why
    """
    _check(out, explain, {"--engine": engine, "--identify": identify, "--explain": explain})
    models = model.glob("*.offkey") if model.is_dir() else (model,)
    pages = None if explain is None else explain.glob("*.html")
    check_not_inputs({"--out": out, "--explain": pages}, [*models, identify, like, *inputs])
    wanted = None if like is None else _wanted(like, style)
    if engine is None:
        check_unused({"--run": run, "--workers": workers, "--address": address})
    from offkey.model import load

    def load_one() -> Model:
        return load(model, trust_remote_code=trust_remote_code).with_windowing(window, hop)

    fitted = _router(identify, model, window, hop, trust_remote_code) if identify else load_one()
    outcome, further = Outcome(fitted, keep=json), () if identify is None else _FURTHER
    if engine is None:
        scoring = _score_here(fitted, inputs, partial(_chosen, style=style, wanted=wanted), jobs)
    else:
        from offkey.cli.score_in_parts import score_in_parts

        job = (model.read_bytes(), window, hop, trust_remote_code)
        scoring = score_in_parts(
            (engine, run, workers, address), job, inputs, partial(_chosen, style=style, wanted=wanted)
        )
    with scoring as scored, _sink(out, json=json) as file:
        digits = _SHOWN_DIGITS if out is None and sys.stdout.isatty() else None  # a file or a pipe gets all
        filled = _write(outcome.watch(scored.results), file, style, further, wanted, digits)
    learnt = find_learnt(fitted, scored.files, jobs)
    if json:
        also = {} if wanted is None else {"filled": filled}
        print_json({**outcome.to_json(learnt), "notes": scored.notes, **scored.about, **also})
    outcome.say(learnt)
    if explain is not None:
        explain_clips(load_one(), outcome.called_anomalous(scored.files), explain)
    if outcome.errors or filled:
        raise typer.Exit(PARTLY_DONE)


@contextmanager
def _score_here(
    fitted: Model | Router, inputs: list[str], choose: Callable[[list[str]], list[bool]], jobs: int | None
) -> Iterator[Scoring]:
    """Score clips in this process."""
    from offkey.cli.inputs import read_inputs

    read = read_inputs(inputs)
    say_notes(read.notes)
    clips = list(compress(read.files, choose([path_text(file) for file in read.files])))
    with progress("Scoring", len(clips)) as advance:
        yield Scoring(fitted.results(clips, jobs=jobs, advance=advance), clips, read.notes)


def _check(out: Path | None, explain: Path | None, exclusive: dict[str, object]) -> None:
    """Check, before long work, that outputs can be written and options go together."""
    given = [name for name, value in exclusive.items() if value is not None]
    if len(given) > 1:
        raise UsageError(f"The options {' and '.join(given)} exclude each other: score each machine by itself.")
    if out is not None:
        check_target("--out", out)
    if explain is not None:
        check_folder(explain)


def _wanted(like: Path, style: Style) -> SampleClips:
    if style is not Style.CONFIDENCE:
        raise UsageError("The option --like gives a sample of confidences, and needs --style confidence.")
    return SampleClips(like)


def _chosen(files: list[str], *, style: Style, wanted: SampleClips | None) -> list[bool]:
    """Tell which clips are to be scored, by their names: all, or those that a sample asks for."""
    from offkey.model.score_table import check_names

    if wanted is None:
        check_names(files, style.value)
        return [True] * len(files)
    return wanted.among(files)


@contextmanager
def _sink(out: Path | None, *, json: bool) -> Iterator[TextIO]:
    """Open what the table goes to; where standard output is for JSON, that is nowhere."""
    if json and out is None:
        yield StringIO()
    else:
        with written_to(out) as file:
            yield file


def _write(
    results: Iterable[Result],
    file: TextIO,
    style: Style,
    further: Sequence[str],
    wanted: SampleClips | None,
    digits: int | None,
) -> list[str]:
    """Write the table, with so many digits if they are given; return the ids of a sample that could only be filled."""
    from offkey.model.score_table import write_scores

    if wanted is not None:
        return wanted.write(results, file)
    write_scores(results, file, style.value, further=further, digits=digits)
    return []


def _router(types: Path, folder: Path, window: float | None, hop: float | None, trust_remote_code: bool) -> Router:
    from offkey.learned.identify.identifier_file import load_identifier
    from offkey.learned.identify.routing import Router

    identifier = load_identifier(types)
    router = Router(identifier, folder, window_s=window, hop_s=hop, trust_remote_code=trust_remote_code)
    if missing := router.missing():
        say(f"note: {folder} holds no model of {', '.join(missing)}.")
    return router
