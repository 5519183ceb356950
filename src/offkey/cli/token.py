"""Commands ``offkey token ...``: who may use what offkey serves."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from offkey.cli.console import print_json, print_table, say
from offkey.cli.help import Command, Group
from offkey.cli.options import Json

__all__ = ["app"]

_File = Annotated[Path, typer.Argument(help="File of tokens.")]
_Name = Annotated[str, typer.Argument(help="Name of the token: the person or program that will use it.")]

app = typer.Typer(
    cls=Group, help="Make and remove the tokens of those who may use what is served.", no_args_is_help=True
)


class Permission(StrEnum):
    """Scopes of a token."""

    READ = "read"
    REVIEW = "review"
    ADMIN = "admin"


@app.command("add", cls=Command)
def add(
    file: _File,
    name: _Name,
    scope: Annotated[
        Permission,
        typer.Option("--scope", help="read: score and view; review: also review events; admin: also change settings."),
    ] = Permission.READ,
) -> None:
    """Make a token and print it once; the file stores only its digest, and is created if needed.

    Examples
    --------
    offkey token add tokens.txt node-red
    offkey token add tokens.txt anna --scope review
    """
    from offkey.web.tokens import Scope, Tokens

    typer.echo(Tokens.make(file).add(name, Scope[scope.value]))


@app.command("list", cls=Command)
def list_tokens(file: _File, json: Json = False) -> None:
    """List the names and scopes of tokens.

    Examples
    --------
    offkey token list tokens.txt
    """
    from offkey.web.tokens import Tokens

    rows = [{"name": name, "scope": scope.name} for name, scope in Tokens(file).names()]
    if json:
        print_json({"tokens": rows})
    elif not rows:
        say("There are no tokens.")
    else:
        from rich.table import Table

        table = Table("name", "scope")
        for row in rows:
            table.add_row(row["name"], row["scope"])
        print_table(table)


@app.command("remove", cls=Command)
def remove(file: _File, name: _Name) -> None:
    """Remove a token; a running server refuses it from the next request on.

    Examples
    --------
    offkey token remove tokens.txt node-red
    """
    from offkey.web.tokens import Tokens

    Tokens(file).remove(name)
