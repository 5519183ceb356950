"""A run: a job done to many items part by part, by any executor, going on where it broke off.

A run is a folder, here or in an object store. Its manifest says what is done to which items, and each part is a file
of its own. What a part holds depends on its items and on the job alone, so that any executor with any number of
workers, however often interrupted, gives the same rows.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from offkey._version import __version__
from offkey.errors import UsageError
from offkey.work.executor import Executor
from offkey.work.folders import Folder, open_folder
from offkey.work.parts import AnItem, Part, cut
from offkey.work.store import ENDING, Store

if TYPE_CHECKING:
    import polars as pl

__all__ = ["MANIFEST", "PART_ITEMS", "Done", "Job", "run_job"]

MANIFEST = "manifest.json"
"""Name of the file that says what a run is."""

PART_ITEMS = 256
"""Items of a part: of clips half a minute of work for one core, so that a lost one costs little and parts are few."""

TheItem = TypeVar("TheItem", contravariant=True)


class Job(Protocol[TheItem]):
    """Work that a worker can do to items; it travels to the worker, and so holds no more than it must."""

    @property
    def kind(self) -> str:
        """One word for the manifest."""
        ...

    def signature(self) -> str:
        """Return a digest of all that the rows depend on beside the items."""
        ...

    def rows(self, items: Sequence[TheItem]) -> pl.DataFrame:
        """Return the rows of items, in their order, a bad one's with an `error`."""
        ...


@dataclass(frozen=True)
class Done(Generic[AnItem]):
    """The result of a run."""

    folder: str
    parts: list[Part[AnItem]] = field(repr=False)
    reused: int
    seconds: float

    def tables(self, schema: Mapping[str, Any] | None = None) -> Iterator[pl.DataFrame]:
        """Yield the rows of each part, in order; with a schema they must have these columns."""
        return Store(self.folder, schema).read_all(part.name for part in self.parts)


def run_job(
    job: Job[AnItem],
    items: Sequence[AnItem],
    folder: str,
    executor: Executor,
    *,
    part_items: int = PART_ITEMS,
    advance: Callable[[int], None] | None = None,
) -> Done[AnItem]:
    """Do a job to items, part by part; what an earlier run into the same folder finished is kept.

    A UsageError says that the folder holds another run, an OffkeyError that parts were given up: the others are there,
    and the same call tries again what is missing.
    """
    began = time.perf_counter()
    parts = cut(items, part_items, partial(_part_name, job.signature()))
    target = open_folder(folder)
    _claim(target, _manifest(job, parts))
    there = target.names()
    waiting = [part for part in parts if part.name not in there]
    step = advance or (lambda _items: None)
    step(sum(len(part.items) for part in parts if part.name in there))
    executor.run(partial(_do_part, job, folder), waiting, lambda part: step(len(part.items)))
    return Done(target.name, parts, len(parts) - len(waiting), time.perf_counter() - began)


def _part_name(signature: str, number: int, items: Sequence[AnItem]) -> str:
    """Return the name of a part, which says all that its rows depend on: the work and the items."""
    digest = hashlib.sha256(signature.encode())
    for item in items:
        digest.update(os.fsencode(f"\0{item.key}"))
    return f"part-{number:07d}-{digest.hexdigest()[:16]}{ENDING}"


def _do_part(job: Job[AnItem], folder: str, part: Part[AnItem]) -> None:
    """Write a part."""
    Store(folder).write(part.name, job.rows(part.items))


def _claim(target: Folder, manifest: Mapping[str, Any]) -> None:
    """Write the manifest, or check that the one that is there is of the same run."""
    content = target.read(MANIFEST)
    if content is None:
        if any(name.endswith(ENDING) for name in target.names()):
            raise UsageError(f"{target.name} holds Parquet files but no {MANIFEST}: name an empty folder for the run.")
        target.write(MANIFEST, json.dumps(manifest, indent=1).encode())
        return
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = {}
    for key, what in (("kind", "other work"), ("job", "another model or configuration"), ("list", "other clips")):
        if not isinstance(found, dict) or found.get(key) != manifest[key]:
            raise UsageError(
                f"{target.name} holds a run with {what}: name another folder, or delete this one to start anew."
            )


def _manifest(job: Job[AnItem], parts: Sequence[Part[AnItem]]) -> dict[str, Any]:
    return {
        "offkey_version": __version__,
        "kind": job.kind,
        "job": job.signature(),
        "list": hashlib.sha256("".join(part.name for part in parts).encode()).hexdigest(),
        "clips": sum(len(part.items) for part in parts),
        "shards": len(parts),
    }
