"""Progress of long work, where somebody watches: in a notebook or a terminal."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from html import escape
from typing import Any

__all__ = ["bar", "show_progress"]

_PATIENCE_S = 1.0  # work that is done sooner needs no bar
_BETWEEN_S = 0.1  # from one drawing in a notebook to the next


@contextmanager
def show_progress(
    label: str, total: int, *, show: bool | None = None, advance: Callable[[], None] | None = None
) -> Iterator[Callable[[], None]]:
    """Show how far the work is once it takes more than a second; yields what is called after each step.

    `show`: whether to; by default in notebooks and terminals, unless the caller counts by itself.
    `advance`: what the caller wants called after each step.
    """
    hook = advance or (lambda: None)
    watched = _in_notebook() or sys.stderr.isatty()
    if total < 2 or not (watched and advance is None if show is None else show):
        yield hook
        return
    with ExitStack() as opened:
        began, count, step = time.monotonic(), 0, None

        def after_each() -> None:
            nonlocal count, step
            count += 1
            if step is not None:
                step(1)
            elif time.monotonic() - began > _PATIENCE_S:
                step = opened.enter_context(_notebook_bar(label, total) if _in_notebook() else bar(label, total))
                step(count)
            hook()

        yield after_each


@contextmanager
def bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error, which goes when the work is done; yields what is called with the steps done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True, force_jupyter=False), transient=True) as shown:
        task = shown.add_task(label, total=total)
        yield lambda steps: shown.advance(task, steps)


@contextmanager
def _notebook_bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar below the cell of a notebook, which goes when the work is done."""
    display: Any = importlib.import_module("IPython.display")
    handle, done, drawn = display.display(display.HTML(""), display_id=True), 0, 0.0

    def step(steps: int) -> None:
        nonlocal done, drawn
        done += steps
        if time.monotonic() - drawn > _BETWEEN_S:
            drawn = time.monotonic()
            text = f"{escape(label)} <progress value='{done}' max='{total}'></progress> {done}/{total}"
            handle.update(display.HTML(text))

    try:
        yield step
    finally:
        handle.update(display.HTML(""))


def _in_notebook() -> bool:
    """Tell whether a notebook runs this: IPython with a kernel, whose output is no terminal."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return hasattr(shell, "kernel")
