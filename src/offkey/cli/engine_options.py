"""Options of the commands that can cut their work into parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from offkey.cli.console import progress
from offkey.errors import UsageError, check_installed

if TYPE_CHECKING:
    from offkey.cli.inputs import InputClip
    from offkey.hearing.identity import Identity
    from offkey.model.fitting.training_set import Choice
    from offkey.work.executor import Executor

__all__ = [
    "Address",
    "EngineName",
    "InputListing",
    "RunFolder",
    "Workers",
    "check_unused",
    "list_clips",
    "make_executor",
    "make_run_executor",
    "steps",
]

EngineName = Annotated[
    str | None,
    typer.Option("--engine", help="Split the work into parts: 'local' for processes on this machine, 'ray' for Ray."),
]
RunFolder = Annotated[
    str | None,
    typer.Option(
        "--run", help="With --engine: folder or URL (s3://...) for the parts; an interrupted run is continued."
    ),
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="With --engine: number of parts in parallel; by default one per processor."),
]
Address = Annotated[
    str | None, typer.Option("--address", help="With --engine ray: address of a cluster; by default Ray starts here.")
]


def make_run_executor(name: str, run: str | None, workers: int | None, address: str | None) -> tuple[Executor, str]:
    """Return the executor and the folder of its run; a UsageError if no folder is named."""
    if run is None:
        raise UsageError("The option --engine needs --run, the folder or URL where the parts of the run go.")
    check_installed("tables", "The option --run", "polars")
    from offkey.work.executor import create_executor

    return create_executor(name, jobs=workers, address=address), run


def check_unused(options: Mapping[str, object], *, needed: str = "--engine") -> None:
    """Refuse options that are for an engine, or for another option that is needed, where that is not given."""
    for option, value in options.items():
        if value is not None:
            raise UsageError(f"The option {option} needs {needed}, which it is for.")


def make_executor(name: str | None, workers: int | None, address: str | None) -> Executor | None:
    """Return the executor of an engine's name, None without a name."""
    if name is None:
        check_unused({"--workers": workers, "--address": address})
        return None
    from offkey.work.executor import create_executor

    return create_executor(name, jobs=workers, address=address)


@dataclass(frozen=True)
class InputListing:
    """The clips of INPUT... by name."""

    clips: list[Identity]
    inputs: list[InputClip]  # each with its labels and origins
    notes: list[str]  # for the user, on files that are not among them

    @property
    def domains(self) -> dict[str, str] | None:
        """The domain of each clip by its name, if all are known and differ."""
        known = {
            identity.name: clip.domain
            for identity, clip in zip(self.clips, self.inputs, strict=True)
            if clip.domain is not None
        }
        return known if len(known) == len(self.clips) and len(set(known.values())) > 1 else None

    def to_learn(self, *, include_labelled_anomalies: bool) -> tuple[InputListing, Choice]:
        """Return the clips to learn as normal, and the choice; see `choose`."""
        from offkey.model.fitting.training_set import choose

        chosen = choose(
            [clip.text for clip in self.clips],
            [clip.label for clip in self.inputs],
            [clip.split for clip in self.inputs],
            include_labelled_anomalies=include_labelled_anomalies,
        )
        return InputListing(chosen.of(self.clips), chosen.of(self.inputs), self.notes), chosen.with_notes(self.notes)


def list_clips(inputs: Sequence[str]) -> InputListing:
    """List the clips of INPUT... by name."""
    from offkey.cli.inputs import by_name, read_inputs
    from offkey.hearing.clips import identify_clips
    from offkey.work.folders import is_remote

    local, remote = [text for text in inputs if not is_remote(text)], [text for text in inputs if is_remote(text)]
    read = read_inputs(local)
    by_file = {str(clip.file): clip for clip in read.clips}
    clips = identify_clips(read.files, remote)
    return InputListing(clips, [by_file.get(clip.name) or by_name(clip.name, remote) for clip in clips], read.notes)


@contextmanager
def steps(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar that advances by several clips at a time; see `offkey.cli.console.progress`."""
    with progress(label, total) as step:

        def advance(count: int) -> None:
            for _ in range(count):
                step()

        yield advance
