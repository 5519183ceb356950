"""Command ``offkey score``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from io import StringIO
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from offkey.cli.console import PARTLY_DONE, print_json, progress, say, tell_notes, written_to
from offkey.cli.engine_options import Address, EngineName, RunFolder, Workers, check_unused
from offkey.cli.options import Inputs, Jobs, Json, TrustRemoteCode
from offkey.cli.outputs import check_not_inputs, check_target
from offkey.cli.score_explanations import check_folder, explain_clips
from offkey.cli.score_like import Wanted
from offkey.errors import UsageError
from offkey.tables import path_text

if TYPE_CHECKING:
    from offkey.learned.identify.routing import Router
    from offkey.model import Model, Result

__all__ = ["score"]

_MOST_NAMED = 20
_FURTHER = ("machine_type", "probability", "model")  # columns of clips whose model was picked


class Style(StrEnum):
    """Forms of the score file."""

    OFFKEY = "offkey"
    CONFIDENCE = "confidence"
    DCASE = "dcase"


def score(
    model: Annotated[Path, typer.Argument(help="The model file; with --identify a folder of them.")],
    inputs: Inputs,
    identify: Annotated[
        Path | None,
        typer.Option(
            "--identify",
            help="File of 'offkey identify fit', which picks a model of the folder for each clip: fan.offkey, or "
            "fan_00.offkey.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="CSV file to write; by default standard output.")] = None,
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
            help="With --style confidence: a sample submission, whose ids, order and columns are kept; no row is "
            "missing.",
        ),
    ] = None,
    window: Annotated[
        float | None,
        typer.Option(
            "--window", help="Cut whatever is longer into windows of so many seconds; else as the model does."
        ),
    ] = None,
    hop: Annotated[float | None, typer.Option("--hop", help="From one window to the next, in seconds.")] = None,
    explain: Annotated[
        Path | None, typer.Option("--explain", help="Folder to write a page to for every anomalous clip, saying why.")
    ] = None,
    trust_remote_code: TrustRemoteCode = False,
    engine: EngineName = None,
    run: RunFolder = None,
    workers: Workers = None,
    address: Address = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Score clips: a row a clip, or a row a window of a recording much longer than the clips learnt."""
    _check(out, explain, {"--engine": engine, "--identify": identify, "--explain": explain})
    models = model.glob("*.offkey") if model.is_dir() else (model,)
    pages = None if explain is None else explain.glob("*.html")
    check_not_inputs({"--out": out, "--explain": pages}, [*models, identify, like, *inputs])
    wanted = None if like is None else _wanted(like, style)
    if engine is not None:
        from offkey.cli.score_in_shards import score_in_shards

        where, how = (engine, run, workers, address), (style.value, window, hop, trust_remote_code)
        raise typer.Exit(
            PARTLY_DONE if score_in_shards(model, inputs, where, how, out=out, json=json, wanted=wanted) else 0
        )
    check_unused({"--run": run, "--workers": workers, "--address": address})
    from offkey.cli.inputs import read_inputs
    from offkey.model import load

    def load_one() -> Model:
        return load(model, trust_remote_code=trust_remote_code).with_windowing(window, hop)

    fitted = _router(identify, model, window, hop, trust_remote_code) if identify else load_one()
    further = () if identify is None else _FURTHER
    found = read_inputs(inputs)
    tell_notes(found.notes)
    clips = _chosen(found.files, style, wanted)
    kept: list[Result] = []
    counts = _Counts(fitted)
    with progress("Scoring", len(clips)) as advance, _sink(out, json=json) as file:
        results = counts.watch(fitted.results(clips, jobs=jobs, advance=advance))
        filled = _write(_keep(results, kept) if json else results, file, style, further, wanted)
    learnt = _learnt(fitted, clips, jobs)
    if json:
        about = {"learnt_from": learnt, "shift": counts.shift_values(), "notes": found.notes}
        also = {} if wanted is None else {"filled": filled}
        print_json({**_rows(kept), **_decision(fitted), **about, **also})
    counts.say(fitted)
    _say_learnt(learnt, len(clips))
    if explain is not None:
        explain_clips(load_one(), counts.called_anomalous(clips), explain)
    if counts.errors or filled:
        raise typer.Exit(PARTLY_DONE)


def _check(out: Path | None, explain: Path | None, exclusive: dict[str, object]) -> None:
    """Check, before long work, that what is asked for can be written, and that it can be had together."""
    given = [name for name, value in exclusive.items() if value is not None]
    if len(given) > 1:
        raise UsageError(f"The options {' and '.join(given)} exclude each other: score each machine by itself.")
    if out is not None:
        check_target("--out", out)
    if explain is not None:
        check_folder(explain)


def _wanted(like: Path, style: Style) -> Wanted:
    if style is not Style.CONFIDENCE:
        raise UsageError("The option --like gives a sample of confidences, and needs --style confidence.")
    return Wanted(like)


def _chosen(clips: list[Path], style: Style, wanted: Wanted | None) -> list[Path]:
    """Return the clips that are to be scored: all, or those that a sample asks for."""
    from offkey.model.score_table import check_names

    if wanted is None:
        check_names(clips, style.value)
        return clips
    return list(compress(clips, wanted.among([path_text(clip) for clip in clips])))


@contextmanager
def _sink(out: Path | None, *, json: bool) -> Iterator[TextIO]:
    """Open what the table goes to; where standard output is for JSON, that is nowhere."""
    if json and out is None:
        yield StringIO()
    else:
        with written_to(out) as file:
            yield file


def _write(
    results: Iterable[Result], file: TextIO, style: Style, further: Sequence[str], wanted: Wanted | None
) -> list[str]:
    """Write the table; return the ids of a sample that could only be filled."""
    from offkey.model.score_table import write_scores

    if wanted is not None:
        return wanted.write(results, file)
    write_scores(results, file, style.value, further=further)
    return []


def _say_learnt(learnt: int | None, clips: int) -> None:
    if learnt:
        say(
            f"note: the model learnt from {learnt} of these {clips} clips: their scores are lower than those of "
            "equal clips that it never heard. 'offkey explain' and 'report' show their cross-validated scores."
        )


class _Counts:
    """What happened, counted while the results stream by."""

    def __init__(self, fitted: Model | Router) -> None:
        from offkey.model import Model
        from offkey.model.shift import Batch

        self._batch = Batch(fitted) if isinstance(fitted, Model) else None
        self.scored = self.anomalous = 0
        self.least_p = 1.0
        self.at_least_p = 0
        self.errors: list[str] = []
        self.notes: list[str] = []
        self._called: set[str] = set()

    def called_anomalous(self, clips: list[Path]) -> list[Path]:
        """Return the clips of which any window is anomalous, in their order."""
        return [clip for clip in clips if path_text(clip) in self._called]

    def shift_values(self) -> dict[str, Any] | None:
        """Return whether the batch was recorded otherwise than what was learnt; None where clips differ in model."""
        return None if self._batch is None else self._batch.shift().to_dict()

    def watch(self, results: Iterable[Result]) -> Iterator[Result]:
        yield from self._count(results if self._batch is None else self._batch.watch(results))

    def _count(self, results: Iterable[Result]) -> Iterator[Result]:
        for result in results:
            if result.error is not None:
                self.errors.append(result.error)
            else:
                self.scored += 1
                self.notes += [result.note] if result.note else []
                self._rank(result.p_value or 1.0)
                if result.anomalous:
                    self.anomalous += 1
                    self._called.add(result.file)
            yield result

    def _rank(self, p_value: float) -> None:
        """Count the clips with the least p-value so far."""
        self.at_least_p = self.at_least_p * (p_value >= self.least_p) + (p_value <= self.least_p)
        self.least_p = min(self.least_p, p_value)

    def say(self, fitted: Model | Router) -> None:
        for error in self.errors[:_MOST_NAMED]:
            say(f"error: {error}")
        if len(self.errors) > _MOST_NAMED:
            say(f"error: {len(self.errors) - _MOST_NAMED} more, each in its row.")
        if self.notes:
            more = f" {len(self.notes) - 1} more clips are too short." if len(self.notes) > 1 else ""
            say(f"note: {self.notes[0]}{more}")
        by = _decision(fitted)
        rule = "by the threshold of each model"
        if "models" not in by:
            rule = f"score above {by['threshold']:.4g}, false-alarm rate {by['false_alarm_rate']:g}"
        say(f"{self.scored} scored, {self.anomalous} anomalous ({rule}), {len(self.errors)} with an error.")
        if beyond := beyond_all(fitted, self.least_p, self.at_least_p):
            say(beyond)
        if self._batch is not None and (changed := self._batch.shift().sentence) is not None:
            say(f"note: {changed}")


def beyond_all(fitted: Model | Router, least_p: float, count: int) -> str | None:
    """Say how many scores lie beyond all normal clips, None if none does or each clip has a model of its own."""
    from offkey.decision import describe_p_value
    from offkey.model import Model

    if not isinstance(fitted, Model) or least_p > fitted.calibration.least_rate * (1 + 1e-9):
        return None
    return (
        f"{count} {'lies' if count == 1 else 'lie'} {describe_p_value(least_p, len(fitted.calibration.normal_scores))}."
    )


def _learnt(fitted: Model | Router, clips: list[Path], jobs: int | None) -> int | None:
    """Return how many of the clips a model learnt from, None where it does not say."""
    from offkey.model import Model
    from offkey.model.learnt_clips import learnt_among
    from offkey.threads import checked_jobs

    if not isinstance(fitted, Model) or fitted.learnt is None:
        return None
    return len(learnt_among(fitted, clips, jobs=checked_jobs(jobs)))


def _keep(results: Iterable[Result], kept: list[Result]) -> Iterator[Result]:
    for result in results:
        kept.append(result)
        yield result


def _rows(results: list[Result]) -> dict[str, object]:
    rows = [asdict(result) for result in results]
    for row in rows:
        del row["traits"]
        row["anomalous"] = None if row["anomalous"] is None else int(row["anomalous"])
    return {"rows": rows}


def _decision(fitted: Model | Router) -> dict[str, Any]:
    """Return the threshold; where there are several models, none for all, and that of each."""
    from offkey.model import Model

    if not isinstance(fitted, Model):
        none = dict.fromkeys(("threshold", "false_alarm_rate", "extrapolated"))
        return {
            **none,
            "models": {one.name: _decision(one.model) for of_type in fitted.models.values() for one in of_type},
        }
    threshold = fitted.threshold
    return {
        "threshold": threshold.value,
        "false_alarm_rate": threshold.false_alarm_rate,
        "extrapolated": threshold.extrapolated,
    }


def _router(types: Path, folder: Path, window: float | None, hop: float | None, trust_remote_code: bool) -> Router:
    from offkey.learned.identify.identifier_file import load_identifier
    from offkey.learned.identify.routing import Router

    identifier = load_identifier(types)
    router = Router(identifier, folder, window_s=window, hop_s=hop, trust_remote_code=trust_remote_code)
    if missing := router.missing():
        say(f"note: {folder} holds no model of {', '.join(missing)}.")
    return router
