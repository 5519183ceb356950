"""Options of the commands that can cut their work into shards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offkey.cli.console import progress
from offkey.errors import UsageError

if TYPE_CHECKING:
    from offkey.evaluation.benchmark.work import Spread
    from offkey.scale.clips import ClipRef
    from offkey.scale.engine import Engine

__all__ = [
    "Address",
    "EngineName",
    "RunFolder",
    "Workers",
    "check_unused",
    "listed",
    "make_engine",
    "make_spread",
    "steps",
]

EngineName = Annotated[
    str | None,
    typer.Option("--engine", help="Cut the work into shards: 'local' for processes of this machine, 'ray' for Ray."),
]
RunFolder = Annotated[
    str | None,
    typer.Option("--run", help="With --engine: folder or URL (s3://...) for the shards' parts; a run goes on there."),
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="With --engine: shards at a time; by default one a processor.")
]
Address = Annotated[
    str | None, typer.Option("--address", help="With --engine ray: address of a cluster; else Ray starts here.")
]


def make_engine(name: str, run: str | None, workers: int | None, address: str | None) -> tuple[Engine, str]:
    """Return the engine and the folder of its run.

    Raises
    ------
    UsageError
        If no folder is named, or the engine is unknown.
    """
    if run is None:
        raise UsageError("The option --engine needs --run, the folder or URL where the parts of the run go.")
    from offkey.scale.engine import create

    return create(name, workers=workers, address=address), run


def check_unused(options: Mapping[str, object]) -> None:
    """Refuse options that are for an engine, where none is named."""
    for option, value in options.items():
        if value is not None:
            raise UsageError(f"The option {option} needs --engine, which it is for.")


def make_spread(name: str | None, workers: int | None, address: str | None) -> Spread | None:
    """Return what spreads the work of a benchmark over an engine's workers; None if no engine is named.

    Raises
    ------
    UsageError
        If the engine is unknown, or an option needs one.
    """
    if name is None:
        check_unused({"--workers": workers, "--address": address})
        return None
    from offkey.scale.engine import create, do_all

    return partial(do_all, create(name, workers=workers, address=address))


def listed(inputs: Sequence[str]) -> tuple[list[ClipRef], dict[str, str] | None]:
    """List the clips of INPUT... by name, and their domains by name where all names tell one and there are several.

    Raises
    ------
    UsageError
        If an input does not exist or holds no clip.
    DataError
        If a table is not as it must be.
    """
    from offkey.cli.inputs import read_inputs
    from offkey.datasets.names import parse_name
    from offkey.folders import is_remote
    from offkey.scale.clips import list_clips

    local = [text for text in inputs if not is_remote(text)]
    found = read_inputs(local) if local else None
    clips = list_clips([*(str(path) for path in (found.files if found else [])), *filter(is_remote, inputs)])
    if found is not None and found.domains is not None and len(clips) == len(found.files):
        return clips, dict(zip(map(str, found.files), found.domains, strict=True))
    domains = {clip.name: parse_name(Path(clip.name)).domain for clip in clips}
    told = {name: domain for name, domain in domains.items() if domain is not None}
    return clips, told if len(told) == len(clips) and len(set(told.values())) > 1 else None


@contextmanager
def steps(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar that advances by several clips at a time; see `offkey.cli.console.progress`."""
    with progress(label, total) as step:

        def advance(count: int) -> None:
            for _ in range(count):
                step()

        yield advance
