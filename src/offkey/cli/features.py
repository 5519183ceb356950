"""Command ``offkey features``."""

from __future__ import annotations

from typing import Annotated

import typer

from offkey.cli.console import PARTLY_DONE, print_json, say, say_notes
from offkey.cli.engine_options import Address, Workers, list_clips, make_run_executor, steps
from offkey.cli.options import ChannelOption, FrontEndParams, Inputs, Json, TrustRemoteCode, consented, params_of
from offkey.errors import check_installed

__all__ = ["features"]


def features(
    inputs: Inputs,
    run: Annotated[str, typer.Option("--run", help="Folder or URL (s3://...) for the Parquet parts.")],
    front_end: Annotated[str, typer.Option("--features", help="Name of the front end.")] = "logmel",
    features_param: FrontEndParams = None,
    trust_remote_code: TrustRemoteCode = False,
    rate: Annotated[int, typer.Option("--rate", help="Sampling rate in Hz to which all clips are converted.")] = 16_000,
    channel: ChannelOption = "0",
    engine: Annotated[str, typer.Option("--engine", help="'local' for processes of this machine, or 'ray'.")] = "local",
    workers: Workers = None,
    address: Address = None,
    json: Json = False,
) -> None:
    """Turn clips into features: Parquet parts with one row per clip, to be used elsewhere."""
    check_installed("tables", "The command features", "polars")
    from offkey.audio import parse_channel
    from offkey.model.config import make_config
    from offkey.model.make_components import make_extractor
    from offkey.scale.jobs import FeatureJob
    from offkey.work.runs import run_job

    params = consented(params_of("--features-param", features_param or []), trust_remote_code)
    config = make_config(features=front_end, features_params=params, rate=rate, channel=parse_channel(channel))
    make_extractor(config, rate)  # what is wrong with it is said before the long work
    executor, folder = make_run_executor(engine, run, workers, address)
    listing = list_clips(inputs)
    clips = listing.clips
    say_notes(listing.notes)
    with steps("Hearing", len(clips)) as step:
        job = FeatureJob(config.model_dump_json(), rate)
        done = run_job(job, clips, folder, executor, advance=step)
    rows = errors = 0
    for table in done.tables():
        rows += len(table)
        errors += len(table) - table["error"].null_count()
    if json:
        about = {"run": done.folder, "shards": len(done.parts), "reused": done.reused}
        print_json({**about, "rows": rows, "errors": errors, "rate": rate, "notes": listing.notes})
    say(f"{done.folder}: {len(done.parts)} parts, {done.reused} of them there before; {rows} rows, {errors} errors.")
    if errors:
        raise typer.Exit(PARTLY_DONE)
