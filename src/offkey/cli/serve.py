"""Command ``offkey serve``."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from offkey.cli.console import say
from offkey.cli.serving_options import Host, Names, Port, RootPath, TokenFile, Trusted, guard_and_proxy
from offkey.errors import check_installed

__all__ = ["serve"]

_MODULES = ("fastapi", "starlette", "uvicorn", "python_multipart", "markupsafe", "jinja2")


def serve(
    models: Annotated[
        list[Path], typer.Argument(metavar="MODEL...", help="Model files; each is served under its file name.")
    ],
    port: Port = 8002,
    host: Host = "127.0.0.1",
    tokens: TokenFile = None,
    root_path: RootPath = "",
    name: Names = None,
    trusted_proxy: Trusted = None,
    most_mb: Annotated[
        float, typer.Option("--most-mb", min=0.001, help="Largest size of an uploaded clip, in MB.")
    ] = 64.0,
    most_seconds: Annotated[
        float, typer.Option("--most-seconds", min=0.1, help="Longest uploaded clip, in seconds.")
    ] = 3600.0,
    per_minute: Annotated[
        float,
        typer.Option("--per-minute", min=1, help="Largest number of requests per minute of each visitor or token."),
    ] = 600.0,
    streams: Annotated[
        int, typer.Option("--streams", min=1, help="Largest number of streams scored at the same time.")
    ] = 16,
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
    from offkey.web.server import listen
    from offkey.web.server import serve as serve_app

    limits = Limits(megabytes=most_mb, clip_s=most_seconds, per_minute=per_minute, streams=streams)
    guard, proxy = guard_and_proxy(host, tokens, root_path, name, trusted_proxy)
    with closing(listen(host, port)) as opened:
        app = create_app([serve_part(ServedModels(models), limits)], title="offkey serve", guard=guard)
        serve_app(app, opened, host=host, guard=guard, announce=_announce, proxy=proxy)


def _announce(link: str) -> None:
    """Say where the models are served, and how to end it."""
    address, _, token = link.partition("?token=")
    say(f"{address}api/models  (Ctrl-C ends)")
    if token:
        say(f"Each request needs the header 'Authorization: Bearer {token}'.")
