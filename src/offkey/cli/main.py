"""The program ``offkey``: its commands, and what becomes of errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
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
    features,
    fit,
    identify,
    info,
    report,
    score,
    study,
    tune,
)
from offkey.cli.console import complain
from offkey.errors import OffkeyError, UsageError

__all__ = ["app", "main"]

_INTERRUPTED = 130

app = typer.Typer(
    name="offkey",
    help="Hears when a machine sounds wrong: learns from normal recordings alone, scores new ones.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
app.command("fit")(fit.fit)
app.command("score")(score.score)
app.command("evaluate")(evaluate.evaluate)
app.command("embed")(embed.embed)
app.command("explain")(explain.explain)
app.command("benchmark")(benchmark.benchmark)
app.command("compare")(compare.compare)
app.command("dcase-score")(dcase_score.dcase_score)
app.add_typer(identify.app, name="identify")
app.command("info")(info.info)
app.command("report")(report.report)
app.command("study")(study.study)
app.command("tune")(tune.tune)
app.add_typer(data.app, name="data")
app.command("explore")(explore.explore)
app.command("features")(features.features)
app.command("demo")(demo.demo)


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
    """Hears when a machine sounds wrong: learns from normal recordings alone, scores new ones."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line without the program's name; by default that of the process.

    Returns
    -------
    int
        Exit status: 0 all done; 3 done, but some inputs failed; 1 failed; 2 wrong usage; 130
        interrupted.
    """
    try:
        app(args=None if arguments is None else list(arguments), prog_name="offkey")
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if status == _INTERRUPTED:  # what typer makes of Ctrl-C
            complain("Interrupted; nothing was left half-written.")
        return status
    except UsageError as error:
        complain(str(error))
        return 2
    except OffkeyError as error:
        complain(str(error))
        return 1
    except BrokenPipeError:  # the reader of our output, such as `head`, has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0
