"""Help texts of the commands: options in groups, flags without a type, and examples at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

__all__ = ["Command", "Group"]

_HEADING = "\n\nExamples\n--------\n"
_LONG = 12  # options; a shorter list needs no groups
_PANELS = {
    "Detector and features": """
        --detector --detector-param --features --features-param --param --config --trust-remote-code
    """,
    "Sound": "--rate --channel --window --hop",
    "Training of a network": "--device --curve",
    "Pictures": "--format --width --dpi",
    "Speed and many clips": "--jobs --engine --run --workers --address --most-clips",
}
_PANEL_OF = {option: panel for panel, options in _PANELS.items() for option in options.split()}
"""The group of an option in the help of a command that has many."""


class Command(TyperCommand):
    """A command; a section ``Examples`` of its docstring stands at the end of its help, one command line per line."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.help, self.examples = _divided(self.help)
        self.epilog = _shown(self.examples)
        params: list[Any] = self.params
        if len(params) > _LONG:
            for param in params:
                param.rich_help_panel = param.rich_help_panel or _PANEL_OF.get(param.opts[0])

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, and the option of the help."""
        return _flags_without_type(super().get_params(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line; what is wrong with a value is said without the name of an exception."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise


class Group(TyperGroup):
    """A group of commands, with the same help as `Command`."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.help, examples = _divided(self.help)
        self.epilog = _shown(examples)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, and the option of the help."""
        return _flags_without_type(super().get_params(ctx))


def _divided(docstring: str | None) -> tuple[str, list[str]]:
    """Return the text of a docstring, and its examples."""
    text, _, examples = (docstring or "").partition(_HEADING)
    return text, examples.split("\n") if examples else []


def _shown(examples: Sequence[str]) -> str | None:
    return "\n".join(["[bold]Examples[/bold]", *(f"  {one}" for one in examples)]) if examples else None


def _flags_without_type(params: list[Any]) -> list[Any]:
    """Show no ``<bool>`` behind a flag: nothing is to be given there."""
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = ""
    return params
