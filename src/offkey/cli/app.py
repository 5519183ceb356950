"""The commands of the program ``offkey``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from offkey.cli import (
    benchmark,
    compare,
    data,
    dcase_score,
    demo,
    embed,
    evaluate,
    explain,
    explore,
    export,
    features,
    fit,
    identify,
    info,
    report,
    score,
    serve,
    study,
    token,
    tune,
    watch,
)
from offkey.cli.help import Command, Group

__all__ = ["app"]

_FIND = "Find out what sounds wrong"
_DATA = "Prepare data, features and machine types"

_COMMANDS: dict[str, dict[str, Callable[..., None]]] = {
    _FIND: {
        "demo": demo.demo,
        "fit": fit.fit,
        "score": score.score,
        "explain": explain.explain,
        "report": report.report,
        "explore": explore.explore,
        "serve": serve.serve,
        "info": info.info,
        "export": export.export,
    },
    "Measure and compare models": {
        "evaluate": evaluate.evaluate,
        "benchmark": benchmark.benchmark,
        "compare": compare.compare,
        "study": study.study,
        "tune": tune.tune,
        "dcase-score": dcase_score.dcase_score,
    },
    _DATA: {"features": features.features, "embed": embed.embed},
}
"""The commands by what people want; the groups of commands come after them."""

app = typer.Typer(
    name="offkey",
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
for _panel, _commands in _COMMANDS.items():
    for _name, _function in _commands.items():
        app.command(_name, cls=Command, rich_help_panel=_panel)(_function)
app.add_typer(watch.app, name="watch", rich_help_panel=_FIND)
app.add_typer(token.app, name="token", rich_help_panel=_FIND)
app.add_typer(data.app, name="data", rich_help_panel=_DATA)
app.add_typer(identify.app, name="identify", rich_help_panel=_DATA)


def _version(asked: bool) -> None:
    if asked:
        from offkey._version import __version__

        typer.echo(f"offkey {__version__}")
        raise typer.Exit


@app.callback()
def _offkey(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Learn what a machine sounds like from normal recordings alone, and say which new recordings sound wrong.

    Examples
    --------
    offkey fit recordings/normal --model pump7.offkey
    offkey score pump7.offkey recordings/new --out scores.csv
    offkey explore recordings --model pump7.offkey
    """
