"""``offkey score --explain``: a page for every anomalous clip."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from offkey.cli.console import progress, say
from offkey.errors import UsageError, check_installed

if TYPE_CHECKING:
    from offkey.model import Model

__all__ = ["check_folder", "explain_clips"]


def check_folder(folder: Path) -> None:
    """Check, before long work, that the folder of the explanations is one or can be made."""
    check_installed("pictures", "The option --explain", "matplotlib", "jinja2")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"The option --explain must name a folder, but {folder} is a file.")
    if not folder.absolute().parent.is_dir():
        raise UsageError(
            f"The option --explain names {folder}, but the folder {folder.parent} does not exist: make it first."
        )


def explain_clips(model: Model, clips: Iterable[Path], folder: Path) -> None:
    """Write a page for each clip, named after it; of several of one name the later ones get a number."""
    from offkey.explain import explain
    from offkey.explain.output import write_explanation

    folder.mkdir(exist_ok=True)
    wanted, taken = list(clips), set[str]()
    with progress("Explaining", len(wanted)) as advance:
        for clip in wanted:
            name, number = clip.stem, 1
            while name in taken:
                number += 1
                name = f"{clip.stem}-{number}"
            taken.add(name)
            write_explanation(explain(model, clip), folder / f"{name}.html")
            advance()
    say(f"{len(wanted)} anomalous clips explained in {folder}/.")
