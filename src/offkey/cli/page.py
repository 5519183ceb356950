"""The documentation page of all commands and their options, made of what the commands say of themselves.

``python -m offkey.cli.page > docs/commands.md``
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import typer

from offkey.cli.app import app

__all__ = ["commands", "page"]

_HEAD = """# Commands

Made by `python -m offkey.cli.page > docs/commands.md` from the commands; `offkey COMMAND --help` prints the same.
[Usage](usage.md) shows how they work together. Exit status: 0 all done; 3 done, but some inputs failed or were left
out; 1 failed; 2 wrong usage; 130 interrupted.
"""


def commands() -> list[tuple[str, Any]]:
    """Return each command's name, as it is written behind ``offkey``, and what it is."""
    return list(_commands(typer.main.get_command(app), ()))


def page() -> str:
    """Return the page as Markdown: one section per command, with examples and a table of its arguments and options."""
    lines = [_HEAD]
    for name, command in commands():
        lines += [f"## offkey {name}", "", " ".join(str(command.help or "").split()), ""]
        lines += ["<!-- not run: tutorials and how-tos are -->", "```bash", *command.examples, "```", ""]
        rows = [_row(param) for param in command.params if not param.hidden]
        lines += ["| option | default | meaning |", "| --- | --- | --- |", *rows, ""]
    return "\n".join(lines)


def _commands(command: Any, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    within = getattr(command, "commands", None)
    if not within:
        yield " ".join(names), command
        return
    for name, inner in sorted(within.items()):
        yield from _commands(inner, (*names, name))


def _row(param: Any) -> str:
    flags = [*param.opts, *param.secondary_opts]
    written = ", ".join(f"`{flag}`" for flag in flags) if flags[0].startswith("-") else f"`{param.name.upper()}`"
    cells = (written, _default(param), " ".join(str(param.help or "").split()))
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def _default(param: Any) -> str:
    """Return the value that counts where none is given, as far as it is the same on every machine."""
    if param.required:
        return "required"
    default = param.show_default if isinstance(param.show_default, str) else param.default
    if default is True and param.secondary_opts:
        return f"`{param.opts[0]}`"
    if isinstance(default, bool) or not isinstance(default, str | int | float):
        return ""
    return f"`{default}`"


if __name__ == "__main__":
    sys.stdout.write(page())
