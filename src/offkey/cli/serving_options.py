"""Options of commands that serve over HTTP."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offkey.errors import UsageError

if TYPE_CHECKING:
    from offkey.web.security import Guard
    from offkey.web.server import Proxy

__all__ = ["Host", "Names", "Port", "RootPath", "TokenFile", "Trusted", "guard_and_proxy"]

Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 for any free one.")]
Host = Annotated[str, typer.Option("--host", help="Address to serve on; if others can reach it, a token is required.")]
TokenFile = Annotated[
    Path | None, typer.Option("--tokens", help="File of 'offkey token'; requests then need one of its tokens.")
]
RootPath = Annotated[
    str, typer.Option("--root-path", help="Behind a proxy: path prefix that it removes, such as /offkey.")
]
Names = Annotated[
    list[str] | None,
    typer.Option("--name", help="Behind a proxy: host name that visitors use; a token is then required. Repeatable."),
]
Trusted = Annotated[
    list[str] | None,
    typer.Option("--trusted-proxy", help="Address of a proxy whose forwarded headers are trusted. Repeatable."),
]


def guard_and_proxy(
    host: str,
    tokens: Path | None,
    root_path: str,
    names: Sequence[str] | None,
    trusted: Sequence[str] | None,
) -> tuple[Guard, Proxy]:
    """Return the guard and the proxy that the options describe.

    A token that is made for one start is shown on a terminal alone: elsewhere it would stand in a log.
    """
    from offkey.web.server import Proxy, guard_for
    from offkey.web.tokens import Tokens

    proxy = Proxy(root_path, tuple(trusted or ()), tuple(names or ()))
    guard = guard_for(host, None if tokens is None else Tokens(tokens), programs=True, names=proxy.names)
    if guard.token is not None and not sys.stderr.isatty():
        raise UsageError(
            "Others can reach this address, and a token made for this start would stand in a log: make one with "
            "'offkey token add tokens.txt NAME', and give the file with --tokens."
        )
    return guard, proxy
