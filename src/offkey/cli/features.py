"""Command ``offkey features``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, cast

import typer

from offkey.cli.console import PARTLY_DONE, print_json, say_notes
from offkey.cli.engine_options import Address, Workers, check_unused
from offkey.cli.options import (
    ChannelOption,
    FrontEndParams,
    Inputs,
    Jobs,
    Json,
    Machines,
    TrustRemoteCode,
    consented,
    params_of,
)
from offkey.cli.outputs import check_not_inputs, check_target
from offkey.datasets.editions import edition_span
from offkey.errors import UsageError, check_installed

__all__ = ["features"]


class PerClip(StrEnum):
    """Forms of a file for each clip."""

    NPY = "npy"


def features(
    inputs: Inputs,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Table to write (.parquet, .csv or .tsv), one row per clip and one named column per feature; with "
            "--per-clip, the folder for the arrays.",
        ),
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(
            "--dataset",
            help="INPUTS is one data set, whose machine, section, domain, label and attributes stand beside the "
            f"features: folder, {edition_span()}, mimii, toyadmos, toyadmos2, or table.",
        ),
    ] = None,
    machine: Machines = None,
    per_clip: Annotated[
        PerClip | None,
        typer.Option(
            "--per-clip",
            help="npy: one array per clip, of shape (features, frames), in the layout of the data set; existing "
            "files are kept.",
        ),
    ] = None,
    front_end: Annotated[str, typer.Option("--features", help="Name of the front end.")] = "logmel",
    features_param: FrontEndParams = None,
    trust_remote_code: TrustRemoteCode = False,
    rate: Annotated[int, typer.Option("--rate", help="Sampling rate in Hz to which all clips are converted.")] = 16_000,
    channel: ChannelOption = "0",
    run: Annotated[
        str | None,
        typer.Option("--run", help="Folder or URL (s3://...) for Parquet parts; an interrupted run is continued."),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine", help="With --run: 'local' for processes on this machine, or 'ray'.", show_default="local"
        ),
    ] = None,
    workers: Workers = None,
    address: Address = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Extract features of clips: a table with named columns, one array per clip, or Parquet parts for many clips.

    Examples
    --------
    offkey features recordings --out features.csv
    offkey features dcase2023 --dataset dcase2023 --out features.parquet
    """
    check_installed("tables", "The command features", "polars")
    from offkey.audio import parse_channel
    from offkey.cli.extracting import extract_here, extract_in_parts, list_for_features, write_clip_arrays
    from offkey.model.config import make_config
    from offkey.model.make_components import make_extractor

    _check(inputs, out, per_clip, run, dataset, machine)
    if run is None:
        check_unused({"--engine": engine, "--workers": workers, "--address": address}, needed="--run")
    params = consented(params_of("--features-param", features_param or []), trust_remote_code)
    config = make_config(features=front_end, features_params=params, rate=rate, channel=parse_channel(channel))
    extractor = make_extractor(config, rate)  # what is wrong with it is said before the long work
    listed = list_for_features(inputs, dataset, machine)
    notes = [*listed.notes, *extractor.front_end.notes()]
    say_notes(notes)
    if run is not None:
        report = extract_in_parts(extractor, config, listed, out, (engine or "local", run, workers, address))
    else:
        write = extract_here if per_clip is None else write_clip_arrays
        report = write(extractor, listed, cast("Path", out), jobs)
    if json:
        print_json({**report, "rate": rate, "notes": notes})
    if report["errors"]:
        raise typer.Exit(PARTLY_DONE)


def _check(
    inputs: list[str],
    out: Path | None,
    per_clip: PerClip | None,
    run: str | None,
    dataset: str | None,
    machine: list[str] | None,
) -> None:
    """Check, before long work, that options go together and outputs can be written."""
    from offkey.cli.extracting import CLIPS
    from offkey.datasets.table import check_suffix

    if dataset is None and machine is not None:
        raise UsageError("The option --machine needs --dataset, whose machines it chooses from.")
    if dataset is not None and len(inputs) > 1:
        raise UsageError(f"The option --dataset reads one data set. Got {len(inputs)}: {', '.join(inputs)}.")
    if per_clip is not None:
        if run is not None:
            raise UsageError("The options --per-clip and --run exclude each other: arrays go on where they broke off.")
        if out is None:
            raise UsageError("The option --per-clip needs --out, the folder of the arrays.")
        if out.exists() and not out.is_dir():
            raise UsageError(f"The option --out must name a folder with --per-clip, but {out} is a file.")
        check_not_inputs({"--out": [out / CLIPS]}, inputs)
        return
    if out is not None:
        check_suffix(out)
        check_target("--out", out)
        check_not_inputs({"--out": out}, inputs)
    elif run is None:
        raise UsageError("Name what to write: a table with --out, or the folder of Parquet parts with --run.")
