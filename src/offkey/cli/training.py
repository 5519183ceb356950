"""The trainings inside a command: progress bars, checkpoints and learning curves."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offkey.cli.console import say

if TYPE_CHECKING:
    from offkey.learned.training import History
    from offkey.learned.training.monitor import Monitor

__all__ = ["Curve", "Device", "on_device", "say_trainings", "trainings_shown"]

Device = Annotated[
    str | None,
    typer.Option(
        "--device",
        help="Device to train on: auto (a GPU if there is one), cpu, cuda, cuda:1, mps.",
        envvar="OFFKEY_DEVICE",
    ),
]
Curve = Annotated[
    Path | None,
    typer.Option("--curve", help="File for the learning curve of a detector that trains: .png, .svg or .pdf."),
]


@contextmanager
def on_device(name: str | None) -> Iterator[None]:
    """Train on a device inside the block."""
    if name is None:
        yield
        return
    from offkey.learned.torch_extra import DEVICE_VARIABLE, pick_device

    pick_device(name)
    before = os.environ.get(DEVICE_VARIABLE)
    os.environ[DEVICE_VARIABLE] = name
    try:
        yield
    finally:
        if before is None:
            del os.environ[DEVICE_VARIABLE]
        else:
            os.environ[DEVICE_VARIABLE] = before


@contextmanager
def trainings_shown(bars: ExitStack, checkpoints: Path | None) -> Iterator[Monitor]:
    """Show a bar with the losses of each epoch while the block trains, and keep checkpoints.

    `bars` holds the bar of what came before, which is closed when a training begins. The caller clears the checkpoints
    in the end.
    """
    from offkey.learned.training.monitor import Monitor, monitored

    with monitored(Monitor(checkpoints, _Bars(bars))) as monitor:
        try:
            yield monitor
        except KeyboardInterrupt:
            if checkpoints is not None and checkpoints.exists():
                say(f"The trainings so far are in {checkpoints}: the same command goes on from there.")
            raise


class _Bars:
    """A bar for the training under way."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._title: str | None = None
        self._bar: Any = None

    def __call__(self, title: str, history: History) -> None:
        if not sys.stderr.isatty():
            return
        if title != self._title:
            self._stack.close()
            self._title, self._bar = title, self._stack.enter_context(_bar())
            self._bar.add_task("", total=history.epochs, title=title, losses="")
        self._bar.update(
            self._bar.task_ids[0],
            completed=len(history.train_loss),
            losses=_losses(history, len(history.train_loss) - 1),
        )


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.fields[title]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[losses]}"),
    )
    return Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)


def _losses(history: History, epoch: int) -> str:
    text = f"loss {history.train_loss[epoch]:.4g}"
    return f"{text}, held out {history.held_out_loss[epoch]:.4g}" if history.held_out_loss else text


def say_trainings(monitor: Monitor, curve: Path | None) -> None:
    """Say how each training went, and draw the curve of the first, whose network is kept."""
    for title, history in monitor.histories:
        resumed = f", from epoch {history.resumed_at} on" if history.resumed_at else ""
        say(
            f"{title}: {len(history.train_loss)} epochs{resumed}, kept {history.best_epoch + 1}: "
            f"{_losses(history, history.best_epoch)}; {history.seconds:.0f} s on {history.device}."
        )
    if curve is None:
        return
    if not monitor.histories:
        say("note: nothing was trained, so there is no learning curve to draw.")
        return
    from offkey.files import write_bytes
    from offkey.learned.curve import draw_learning_curve
    from offkey.pictures import PictureForm

    title, history = monitor.histories[0]
    write_bytes(curve, draw_learning_curve(history, title, PictureForm.of(curve)))
