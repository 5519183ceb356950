"""Command ``offkey embed``."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offkey.cli.console import PARTLY_DONE, print_json, progress, say, say_left_out
from offkey.cli.options import Dataset, Jobs, Json, Machines, Root, params_of
from offkey.cli.outputs import check_not_inputs, check_target
from offkey.cli.training import Curve, Device, on_device, say_trainings, trainings_shown
from offkey.errors import check_installed

if TYPE_CHECKING:
    from collections.abc import Callable

    from offkey.features import FrontEnd

__all__ = ["embed"]


def embed(
    root: Root,
    dataset: Dataset,
    out: Annotated[Path, typer.Option("--out", help="The file to write, by convention ending in .offkeynet.")],
    machine: Machines = None,
    part: Annotated[
        str, typer.Option("--part", help="Training clips to use: dev, eval (additional training set), or both.")
    ] = "both",
    epochs: Annotated[
        int | None, typer.Option("--epochs", min=1, help="Number of passes over the training clips.")
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", help="NAME=VALUE, a parameter of the front end; repeatable.")
    ] = None,
    device: Device = None,
    curve: Curve = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Train the networks of the front end 'discriminative' on the normal training clips of a data set.

    They learn to classify machines, sections or ids, and attributes. Use the file as --features discriminative:FILE in
    fit and benchmark. The same command continues an interrupted training.

    Examples
    --------
    offkey embed dcase2023 --dataset dcase2023 --out machines.offkeynet
    """
    check_target("--out", out)
    if curve is not None:
        check_target("--curve", curve)
        check_installed("pictures", "The option --curve", "matplotlib")
    check_not_inputs({"--out": out, "--curve": curve}, [root])
    params: dict[str, Any] = params_of("--param", param or []) | ({} if epochs is None else {"epochs": epochs})
    from offkey.features.front_end_file import save_front_end
    from offkey.learned.discriminative.of_dataset import learn_dataset
    from offkey.work.jobs import checked_jobs

    place = out.with_name(f"{out.name}.training")
    with on_device(device), ExitStack() as bars, trainings_shown(bars, None) as trainings:

        def stage(name: str, steps: int) -> Callable[[], None]:
            bars.close()  # of the stage before
            return (lambda: None) if name == "Training" else bars.enter_context(progress(name, steps))

        front_end, left_out = learn_dataset(
            dataset, root, place, machines=machine, part=part, params=params, jobs=checked_jobs(jobs), stage=stage
        )
    save_front_end(front_end, out)
    shutil.rmtree(place, ignore_errors=True)
    say_trainings(trainings, curve)
    say_left_out(left_out)
    _report(front_end, out, left_out, json=json)
    if left_out:
        raise typer.Exit(PARTLY_DONE)


def _report(front_end: FrontEnd, out: Path, left_out: list[tuple[str, str]], *, json: bool) -> None:
    about = vars(front_end)["about_"]
    if json:
        report = {"classes": about["classes"], "training": about["training"], "left_out": left_out}
        print_json({"network": str(out), **report})
        return
    for note in front_end.notes():
        say(note)
    say(f"Next: 'offkey fit INPUT... --features discriminative:{out} --model M.offkey'.")
