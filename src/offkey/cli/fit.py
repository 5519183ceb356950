"""Command ``offkey fit``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offkey.cli.config_file import Config, configured
from offkey.cli.console import PARTLY_DONE, print_json, progress, say, say_left_out
from offkey.cli.engine_options import (
    Address,
    EngineName,
    RunFolder,
    Workers,
    check_unused,
    list_clips,
    make_run_executor,
    steps,
)
from offkey.cli.options import (
    ChannelOption,
    DetectorName,
    FalseAlarmRate,
    FrontEndName,
    FrontEndParams,
    Inputs,
    Jobs,
    Json,
    Rate,
    TrustRemoteCode,
    consented,
    params_of,
)
from offkey.cli.outputs import check_not_inputs, check_target
from offkey.cli.training import Curve, Device, on_device, say_trainings, trainings_shown
from offkey.errors import UsageError, check_installed

if TYPE_CHECKING:
    from offkey.model import Model
    from offkey.model.fitting.sisters import Sisters

__all__ = ["fit"]

_PARAMETERS = {
    "window_s": "window",
    "hop_s": "hop",
    "detector_params": "detector_param",
    "features_params": "features_param",
}
"""Names of parameters of `fit` that differ from those of the configuration."""


def fit(
    ctx: typer.Context,
    inputs: Inputs,
    model: Annotated[Path, typer.Option("--model", help="The model file to write, by convention ending in .offkey.")],
    detector: DetectorName = "fused",
    features: FrontEndName = "logmel",
    false_alarm_rate: FalseAlarmRate = 0.01,
    rate: Rate = None,
    channel: ChannelOption = "0",
    window: Annotated[
        float | None,
        typer.Option(
            "--window",
            help="Cut whatever is longer into windows of so many seconds; by default recordings that are more than "
            "half as long again as the clips, into windows as long as these.",
        ),
    ] = None,
    hop: Annotated[
        float | None, typer.Option("--hop", help="From one window's start to the next, in seconds; else they adjoin.")
    ] = None,
    detector_param: Annotated[
        list[str] | None, typer.Option("--detector-param", help="NAME=VALUE, a parameter of the detector; repeatable.")
    ] = None,
    features_param: FrontEndParams = None,
    keep_references: Annotated[
        int,
        typer.Option(
            "--keep-references",
            min=0,
            help="Number of normal clips whose sound is kept in the model file, to hear beside explained clips.",
        ),
    ] = 0,
    group_by: Annotated[
        str | None,
        typer.Option(
            "--group-by",
            help="Hold pieces of one recording out together, and let them vouch as one clip: 'recording', 'day' or "
            "'folder' by the names, a column of a table, or a regular expression with a group in parentheses.",
        ),
    ] = None,
    include_labelled_anomalies: Annotated[
        bool,
        typer.Option(
            "--include-labelled-anomalies",
            help="Also learn from clips that a name, a folder or a table calls anomalous.",
        ),
    ] = False,
    base: Annotated[
        list[Path] | None,
        typer.Option(
            "--base",
            help="The model of a sister machine, for a new machine with 5 to 40 clips: how normal clips vary is learnt "
            "from it as well; repeatable.",
        ),
    ] = None,
    trust_remote_code: TrustRemoteCode = False,
    config: Config = None,
    device: Device = None,
    curve: Curve = None,
    engine: EngineName = None,
    run: RunFolder = None,
    workers: Workers = None,
    address: Address = None,
    most_clips: Annotated[
        int,
        typer.Option(
            "--most-clips",
            min=100,
            help="With --engine: a fit on more clips takes a sample and the moments of all.",
        ),
    ] = 10_000,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Learn what a machine sounds like from recordings of its normal operation.

    The same command continues an interrupted training.

    Examples
    --------
    offkey fit recordings/normal --model pump7.offkey
    offkey fit recordings/normal --model pump7.offkey --false-alarm-rate 0.05
    offkey fit recordings/normal --model pump7.offkey --detector robust
    """
    check_target("--model", model)
    if curve is not None:
        check_target("--curve", curve)
        check_installed("pictures", "The option --curve", "matplotlib")
    read = [*inputs, config, features.partition(":")[2] or None, *(base or [])]
    check_not_inputs({"--model": model, "--curve": curve}, read)
    if engine is not None and base:
        raise UsageError("The option --base is for few clips, which are fitted here: leave out --engine.")
    if engine is None:
        check_unused({"--run": run, "--workers": workers, "--address": address})
    options: dict[str, Any] = {
        "detector": detector,
        "features": features,
        "false_alarm_rate": false_alarm_rate,
        "window_s": window,
        "hop_s": hop,
        "detector_params": params_of("--detector-param", detector_param or []),
        "features_params": consented(params_of("--features-param", features_param or []), trust_remote_code),
    }
    from offkey.audio import parse_channel

    options |= {"rate": rate, "channel": parse_channel(channel)}
    options = {**configured(ctx, config, options, _PARAMETERS), "keep_references": keep_references}
    include = {"include_labelled_anomalies": include_labelled_anomalies}
    sisters = _sisters(base, trust_remote_code)
    checkpoints = model.with_name(f"{model.name}.training")
    with on_device(device), ExitStack() as bars, trainings_shown(bars, checkpoints) as trainings:
        if engine is None:
            fitted = _fit_here(bars, inputs, include, group_by, jobs=jobs, sisters=sisters, **options)
        else:
            where = (engine, run, workers, address)
            fitted = _fit_in_parts(bars, inputs, where, include, group_by, most_clips=most_clips, **options)
    fitted.save(model)
    trainings.clear()
    say_trainings(trainings, curve)
    _report(fitted, model, json=json)
    if fitted.fitted_on.left_out:
        raise typer.Exit(PARTLY_DONE)


def _sisters(base: Sequence[Path] | None, trust_remote_code: bool) -> Sisters | None:
    if not base:
        return None
    from offkey.model.fitting.sisters import read_sisters

    return read_sisters(base, trust_remote_code=trust_remote_code)


def _fit_here(
    bars: ExitStack,
    inputs: Sequence[str],
    include: dict[str, bool],
    group_by: str | None,
    *,
    keep_references: int,
    jobs: int | None,
    sisters: Sisters | None,
    **options: Any,
) -> Model:
    from offkey.cli.inputs import groups_of, read_inputs
    from offkey.model.config import make_config
    from offkey.model.fitting.fit_sources import fit_chosen
    from offkey.tables import path_text

    clips, chosen = read_inputs(inputs).to_learn(**include)
    return fit_chosen(
        chosen,
        clips.files,
        make_config(**options),
        domains=clips.domains,
        groups=groups_of([path_text(clip.file) for clip in clips.clips], clips.clips, group_by),
        origins=clips.origins,
        keep_references=keep_references,
        jobs=jobs,
        advance=bars.enter_context(progress("Fitting", len(clips.files))),
        sisters=sisters,
    )


def _fit_in_parts(
    bars: ExitStack,
    inputs: Sequence[str],
    where: tuple[str, str | None, int | None, str | None],
    include: dict[str, bool],
    group_by: str | None,
    **options: Any,
) -> Model:
    from offkey.cli.inputs import groups_of
    from offkey.scale.fitting import fit_run

    executor, folder = make_run_executor(*where)
    listing, chosen = list_clips(inputs).to_learn(**include)
    step = bars.enter_context(steps("Fitting", len(listing.clips)))
    names = [clip.name for clip in listing.clips]
    groups = groups_of(names, listing.inputs, group_by)
    return fit_run(
        listing.clips,
        folder,
        executor,
        domains=listing.domains,
        groups=None if groups is None else dict(zip(names, groups, strict=True)),
        chosen=chosen,
        advance=step,
        **options,
    ).model


def _report(fitted: Model, path: Path, *, json: bool) -> None:
    on = fitted.fitted_on
    say_left_out(on.left_out, f"; 'offkey info {path}' names them all")
    for note in on.notes:
        say(f"note: {note}")
    if json:
        print_json(
            {
                "model": str(path),
                "clips": on.clips,
                "windows": on.windows,
                "domains": on.domains,
                "seconds": on.seconds,
                "rate": fitted.rate,
                "threshold": fitted.threshold.value,
                "false_alarm_rate": fitted.threshold.false_alarm_rate,
                "extrapolated": fitted.threshold.extrapolated,
                "realised": fitted.calibration.realised(fitted.threshold.false_alarm_rate),
                "left_out": [{"file": name, "error": reason} for name, reason in on.left_out],
                "notes": list(on.notes),
            }
        )
        return
    say(
        f"{path}: fitted on {on.clips} clips, {on.seconds:.0f} s at {fitted.rate} Hz; "
        f"threshold {fitted.threshold.value:.4g} for a false-alarm rate of {fitted.threshold.false_alarm_rate:g}."
    )
    say(f"Next: 'offkey score {path} FOLDER' says which new clips sound wrong, and since when.")
