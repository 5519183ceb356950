"""Commands ``offkey data ...``: one module each."""

from __future__ import annotations

import typer

from offkey.cli import data_attributes, data_check, data_download, data_pseudo_label, data_split

__all__ = ["app"]

app = typer.Typer(
    help="Checks, splits, pre-labels and downloads data sets, and rebuilds attribute tables.",
    no_args_is_help=True,
)
app.command("check")(data_check.check)
app.command("attributes")(data_attributes.attributes)
app.command("split")(data_split.split)
app.command("pseudo-label")(data_pseudo_label.pseudo_label)
app.command("download")(data_download.download)
