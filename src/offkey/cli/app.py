"""The commands of the program ``offkey``."""

from __future__ import annotations

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

__all__ = ["app"]

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
