"""Commands ``offkey watch ...``: one module each, and the plant itself where no command is named."""

from __future__ import annotations

from typing import Any

import typer

from offkey.cli import watch_check, watch_events, watch_run
from offkey.cli.help import Command, Group

__all__ = ["app"]


class _Watch(Group):
    """A group whose command ``run`` need not be named: ``offkey watch plant.toml``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["run", *args]
        return list(super().parse_args(ctx, args))


app = typer.Typer(
    cls=_Watch,
    help="Watch machines day and night: score live sound, and tell when one sounds wrong.",
    no_args_is_help=True,
)
app.command("run", cls=Command)(watch_run.run)
app.command("check", cls=Command)(watch_check.check)
app.command("events", cls=Command)(watch_events.events)
