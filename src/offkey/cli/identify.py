"""Commands ``offkey identify ...``: one module each."""

from __future__ import annotations

import typer

from offkey.cli import identify_evaluate, identify_fit, identify_score
from offkey.cli.help import Command, Group

__all__ = ["app"]

app = typer.Typer(cls=Group, help='Recognise the machine type of a clip, or say "unknown".', no_args_is_help=True)
app.command("fit", cls=Command)(identify_fit.fit)
app.command("score", cls=Command)(identify_score.score)
app.command("evaluate", cls=Command)(identify_evaluate.evaluate)
