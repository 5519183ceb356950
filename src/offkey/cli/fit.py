"""Command ``offkey fit``."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from offkey.cli.config_file import Config, configured
from offkey.cli.console import PARTLY_DONE
from offkey.cli.engine_options import Address, EngineName, RunFolder, Workers, check_unused
from offkey.cli.fitting import fit_here, fit_in_parts, report_fit, sisters_of
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
            help="Cut longer recordings into windows of this many seconds; by default recordings more than 1.5 "
            "times as long as the clips are cut into windows of their length.",
        ),
    ] = None,
    hop: Annotated[
        float | None,
        typer.Option(
            "--hop", help="Seconds from the start of one window to the next; by default the length of a window."
        ),
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
            help="Number of normal clips to keep with their sound in the model file, to compare with explained clips.",
        ),
    ] = 0,
    group_by: Annotated[
        str | None,
        typer.Option(
            "--group-by",
            help="Hold out pieces of one recording together and count them as one clip: 'recording', 'day' or "
            "'folder' by file names, a column of a table, or a regular expression with one group in parentheses.",
        ),
    ] = None,
    include_labelled_anomalies: Annotated[
        bool,
        typer.Option(
            "--include-labelled-anomalies",
            help="Also learn from clips that a name, a folder or a table marks as anomalous.",
        ),
    ] = False,
    base: Annotated[
        list[Path] | None,
        typer.Option(
            "--base",
            help="Model of a sister machine, for a new machine with 5 to 40 clips: the spread of normal clips is "
            "learnt from it as well; repeatable.",
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
            help="With --engine: a fit on more clips uses a sample and the moments of all.",
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
    sisters = sisters_of(base, trust_remote_code)
    checkpoints = model.with_name(f"{model.name}.training")
    with on_device(device), ExitStack() as bars, trainings_shown(bars, checkpoints) as trainings:
        if engine is None:
            fitted = fit_here(bars, inputs, include, group_by, jobs=jobs, sisters=sisters, **options)
        else:
            where = (engine, run, workers, address)
            fitted = fit_in_parts(bars, inputs, where, include, group_by, most_clips=most_clips, **options)
    fitted.save(model)
    trainings.clear()
    say_trainings(trainings, curve)
    report_fit(fitted, model, json=json)
    if fitted.fitted_on.left_out:
        raise typer.Exit(PARTLY_DONE)
