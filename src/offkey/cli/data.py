"""Commands ``offkey data ...``: one module each."""

from __future__ import annotations

import typer

from offkey.cli import data_attributes, data_check, data_download, data_pseudo_label, data_split
from offkey.cli.help import Command, Group

__all__ = ["app"]

app = typer.Typer(
    cls=Group,
    help="Check, split, pre-label and download data sets.",
    no_args_is_help=True,
)
app.command("check", cls=Command)(data_check.check)
app.command("attributes", cls=Command)(data_attributes.attributes)
app.command("split", cls=Command)(data_split.split)
app.command("pseudo-label", cls=Command)(data_pseudo_label.pseudo_label)
app.command("download", cls=Command)(data_download.download)
