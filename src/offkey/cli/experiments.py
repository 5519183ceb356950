"""Shared parts of the commands of experiments: their folder, their progress, their figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offkey.cli.console import progress
from offkey.errors import UsageError

if TYPE_CHECKING:
    from offkey.experiments.measures import Figures
    from offkey.features.learning import Stage

__all__ = ["OutFolder", "check_folder", "figure_cells", "interval_text", "number_text", "stages"]

OutFolder = Annotated[Path, typer.Option("--out", help="Folder to write to.")]


def check_folder(out: Path) -> None:
    """Check, before long work, that a folder to write to is none of a file's name; a UsageError if it is."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"The option --out must name a folder, but {out} is a file.")


@contextmanager
def stages() -> Iterator[Stage]:
    """Yield what shows a progress bar for each stage, one at a time."""
    with ExitStack() as bars:

        def stage(name: str, steps: int) -> Callable[[], None]:
            bars.close()  # of the stage before
            return bars.enter_context(progress(name, steps))

        yield stage


def figure_cells(figures: Figures | None) -> list[str]:
    """Return AUC and pAUC as they stand in a table; None where nothing could be fitted."""
    if figures is None:
        return ["cannot be fitted", "-"]
    return [interval_text(figures.auc, figures.auc_ci), interval_text(figures.pauc, figures.pauc_ci)]


def interval_text(value: float | None, interval: list[float] | tuple[float, float] | None) -> str:
    """Return a figure with its interval, such as ``0.917 [0.85, 0.97]``; a dash where there is none."""
    if value is None or interval is None:
        return number_text(value)
    return f"{value:.4f} [{interval[0]:.3f}, {interval[1]:.3f}]"


def number_text(value: float | None) -> str:
    """Return a figure as it stands in a table; a dash where there is none."""
    return "-" if value is None else f"{value:.4f}"
