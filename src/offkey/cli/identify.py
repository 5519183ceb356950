"""Commands ``offkey identify ...``: one module each."""

from __future__ import annotations

import typer

from offkey.cli import identify_evaluate, identify_fit, identify_score

__all__ = ["app"]

app = typer.Typer(help='Recognises the machine type of a clip, or says "unknown".', no_args_is_help=True)
app.command("fit")(identify_fit.fit)
app.command("score")(identify_score.score)
app.command("evaluate")(identify_evaluate.evaluate)
