"""Output of the commands: tables and JSON on standard output, all else on standard error."""

from __future__ import annotations

import json
import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from offkey.cli.streams import printable
from offkey.files import atomic_text

if TYPE_CHECKING:
    from rich.table import Table

__all__ = [
    "PARTLY_DONE",
    "print_json",
    "print_table",
    "progress",
    "say",
    "say_first",
    "say_left_out",
    "say_notes",
    "say_problem",
    "written_to",
]

PARTLY_DONE = 3
"""Exit status: done, but some inputs failed."""

_CONTROL = re.compile("[\x7f-\x9f]")  # those that JSON does not escape by itself
_MOST_SAID = 20
_NO_LIMIT = 10_000  # letters of a line


def say(text: str) -> None:
    """Tell the user something, on standard error; what a name holds does not move the cursor, and nothing raises."""
    with suppress(OSError, ValueError):
        print(_broken_between_words(printable(text)), file=sys.stderr, flush=True)  # noqa: T201


def _broken_between_words(text: str) -> str:
    """Break lines that are longer than the terminal is wide, which would break them inside words."""
    if not sys.stderr.isatty():
        return text
    width = os.get_terminal_size(sys.stderr.fileno()).columns or 80  # 0 where the terminal does not know
    wrap = partial(textwrap.wrap, width=width, break_long_words=False, break_on_hyphens=False)
    return "\n".join("\n".join(wrap(line)) if len(line) > width else line for line in text.split("\n"))


def say_problem(text: str) -> None:
    """Print an error on standard error."""
    say(f"offkey: {text}")


def say_notes(notes: Iterable[str]) -> None:
    """Print notes on standard error."""
    for note in notes:
        say(f"note: {note}")


def say_left_out(left_out: Iterable[tuple[str, str]], all_of_them: str = "") -> None:
    """Name clips that were left out, with their reasons: the first of them, and then how many more there are."""
    say_first("left out", [reason if name in reason else f"{name}: {reason}" for name, reason in left_out], all_of_them)


def say_first(word: str, sentences: Sequence[str], all_of_them: str = "") -> None:
    """Say the first sentences, each after a word such as "error", and how many more there are, and where."""
    for sentence in sentences[:_MOST_SAID]:
        say(f"{word}: {sentence}")
    if len(sentences) > _MOST_SAID:
        say(f"{word}: {len(sentences) - _MOST_SAID} more{all_of_them}.")


def print_json(report: Any) -> None:
    """Print one JSON object on standard output, without any control character."""
    text = json.dumps(report, ensure_ascii=False, allow_nan=False)
    print(_CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text))  # noqa: T201


def print_table(table: Table) -> None:
    """Print a table on standard output: in parts that fit a terminal, or as wide as it needs to be for a file."""
    from rich.console import Console
    from rich.text import Text

    from offkey.cli.wide_tables import fitting_tables

    class Plain(Console):
        """Shows names as they are: brackets are no markup, and control characters are seen."""

        def render_str(self, text: str, **options: Any) -> Text:
            return super().render_str(printable(text), **{**options, "markup": False, "emoji": False})

    def print_parts() -> None:
        for place, part in enumerate(fitting_tables(table, console.width)):
            if place:
                console.print()
            console.print(part)
        if table.caption:
            console.print(Text(printable(str(table.caption)), style="dim"))

    console = Plain(highlight=False)
    if console.is_terminal:
        print_parts()
        return
    console = Plain(highlight=False, width=_NO_LIMIT)
    with console.capture() as captured:
        print_parts()
    for line in captured.get().splitlines():
        print(line.rstrip())  # noqa: T201 - a pager would break the spaces that fill a row into empty lines


@contextmanager
def written_to(out: Path | None) -> Iterator[TextIO]:
    """Open the file that is to be written, or standard output; on a terminal control characters are seen."""
    if out is not None:
        with atomic_text(out) as file:
            yield file
    elif sys.stdout.isatty():
        yield cast("TextIO", _Visible(sys.stdout))
    else:
        yield sys.stdout


class _Visible:
    """Writes to a terminal what it can show."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal

    def write(self, text: str) -> int:
        return self._terminal.write(printable(text))


@contextmanager
def progress(label: str, total: int, *, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """Show a progress bar on standard error, for two steps or more; yields what is called after each step."""
    if quiet or total < 2 or not sys.stderr.isatty():
        yield lambda: None
        return
    from offkey.work.progress import bar

    with bar(label, total) as step:
        yield lambda: step(1)
