"""Commands ``offkey watch ...``: one module each, and the plant itself where no command is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer

from offkey.cli import (
    watch_candidate,
    watch_check,
    watch_events,
    watch_init,
    watch_life,
    watch_messages,
    watch_review,
    watch_run,
    watch_sources,
    watch_status,
    watch_test_alert,
)
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
_COMMANDS: dict[str, Callable[..., None]] = {
    "run": watch_run.run,
    "init": watch_init.init,
    "check": watch_check.check,
    "status": watch_status.status,
    "fleet": watch_status.fleet,
    "events": watch_events.events,
    "messages": watch_messages.messages,
    "test-alert": watch_test_alert.send_test_alert,
    "sources": watch_sources.sources,
    "learn": watch_life.learn,
    "shadow": watch_life.shadow,
    "arm": watch_life.arm,
    "out-of-service": watch_life.out_of_service,
    "in-service": watch_life.in_service,
    "review": watch_review.review,
    "acknowledge": watch_review.acknowledge,
    "shelve": watch_review.shelve,
    "unshelve": watch_review.unshelve,
}
app.add_typer(watch_candidate.app, name="candidate")
for _name, _command in _COMMANDS.items():
    app.command(_name, cls=Command)(_command)
