"""Command ``offkey explore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offkey.cli.console import say, say_notes
from offkey.cli.options import Jobs, Machines, TrustRemoteCode
from offkey.datasets.editions import edition_span
from offkey.errors import UsageError, check_installed

__all__ = ["explore"]

_MODULES = (
    *("fastapi", "starlette", "uvicorn", "python_multipart", "markupsafe", "jinja2"),
    *("filelock", "platformdirs", "polars", "matplotlib", "PIL"),
)


def explore(
    root: Annotated[Path, typer.Argument(help="The data set's folder, or a table of clips (.csv, .tsv, .parquet).")],
    dataset: Annotated[
        str | None,
        typer.Option(
            "--dataset",
            help=f"{edition_span()}, mimii, toyadmos, toyadmos2, folder or table; by default folder, or table if ROOT "
            "is a file.",
        ),
    ] = None,
    machine: Machines = None,
    model: Annotated[Path | None, typer.Option("--model", help="Model file to score and explain the clips.")] = None,
    run: Annotated[Path | None, typer.Option("--run", help="Folder of a benchmark run; its scores are shown.")] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 for any free one.")] = 8000,
    host: Annotated[
        str, typer.Option("--host", help="Address to serve on; if others can reach it, a token is required.")
    ] = "127.0.0.1",
    cache: Annotated[
        Path | None, typer.Option("--cache", help="Folder for computed data; by default in the user's cache folder.")
    ] = None,
    trust_remote_code: TrustRemoteCode = False,
    jobs: Jobs = None,
) -> None:
    """Explore a data set in the browser: listen to, view, compare and label its clips.

    Examples
    --------
    offkey explore recordings
    offkey explore recordings --model pump7.offkey
    """
    check_installed("web", "The explorer", *_MODULES)
    if model is not None and run is not None:
        raise UsageError("The options --model and --run both give scores: give one of them.")
    from offkey.audio.find import search_folder, unread_notes
    from offkey.web.app import create_app
    from offkey.web.explore.explorer import open_explorer
    from offkey.web.explore.pages import explore_part
    from offkey.web.server import guard_for, listen, serve

    opened = listen(host, port)
    try:
        explorer = open_explorer(
            dataset or ("table" if root.is_file() else "folder"),
            root,
            machines=machine,
            model=model,
            run=run,
            cache=cache,
            jobs=jobs,
            trust_remote_code=trust_remote_code,
        )
        if root.is_dir():
            say_notes(unread_notes(search_folder(root)[1]))
        guard = guard_for(host)
        app = create_app([explore_part(explorer)], title="offkey explore", guard=guard)
        explorer.background.start()
        try:
            serve(app, opened, host=host, guard=guard, announce=lambda link: say(f"{link}  (Ctrl-C ends)"))
        finally:
            explorer.background.stop()
    finally:
        opened.close()
