"""Command ``offkey serve``."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from offkey.cli.console import say
from offkey.errors import check_installed

__all__ = ["serve"]

_MODULES = ("fastapi", "starlette", "uvicorn", "python_multipart", "markupsafe", "jinja2")


def serve(
    models: Annotated[list[Path], typer.Argument(metavar="MODEL...", help="Model files; each is called by its name.")],
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 for any that is free.")] = 8002,
    host: Annotated[
        str, typer.Option("--host", help="Address to serve on; one that others reach asks for a token.")
    ] = "127.0.0.1",
    tokens: Annotated[
        Path | None, typer.Option("--tokens", help="File of 'offkey token': only who has one of its tokens may score.")
    ] = None,
    most_mb: Annotated[float, typer.Option("--most-mb", min=0.001, help="Size of an uploaded clip.")] = 64.0,
    most_seconds: Annotated[
        float, typer.Option("--most-seconds", min=0.1, help="Length of an uploaded clip.")
    ] = 3600.0,
    per_minute: Annotated[
        float, typer.Option("--per-minute", min=1, help="Requests a minute of each visitor, or of each token.")
    ] = 600.0,
    streams: Annotated[int, typer.Option("--streams", min=1, help="Streams that are scored at a time.")] = 16,
) -> None:
    """Serve models over HTTP: programs upload clips or stream samples, and get scores.

    Examples
    --------
    offkey serve pump7.offkey fan2.offkey
    offkey serve pump7.offkey --host 0.0.0.0 --tokens tokens.txt
    """
    check_installed("web", "Serving models", *_MODULES)
    from offkey.web.api.limits import Limits
    from offkey.web.api.part import serve_part
    from offkey.web.api.served import ServedModels
    from offkey.web.app import create_app
    from offkey.web.server import guard_for, listen
    from offkey.web.server import serve as serve_app
    from offkey.web.tokens import Tokens

    limits = Limits(megabytes=most_mb, clip_s=most_seconds, per_minute=per_minute, streams=streams)
    guard = guard_for(host, None if tokens is None else Tokens(tokens), programs=True)
    with closing(listen(host, port)) as opened:
        app = create_app([serve_part(ServedModels(models), limits)], title="offkey serve", guard=guard)
        serve_app(app, opened, host=host, guard=guard, announce=_announce)


def _announce(link: str) -> None:
    """Say where the models are served, and how to end it."""
    address, _, token = link.partition("?token=")
    say(f"{address}api/models  (Ctrl-C ends)")
    if token:
        say(f"Each request needs the header 'Authorization: Bearer {token}'.")
