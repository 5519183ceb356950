"""A run: plan, do what is not there yet, and say what came of it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from offkey._version import __version__
from offkey.errors import UsageError
from offkey.scale.clips import ClipRef
from offkey.scale.jobs import Job
from offkey.scale.shards import SHARD_CLIPS, Shard, cut
from offkey.work.engine import Engine, do_all
from offkey.work.folders import Folder, open_folder
from offkey.work.parquet import parquet

__all__ = ["MANIFEST", "Done", "run_job"]

MANIFEST = "manifest.json"
"""Name of the file that says what a run is."""


@dataclass(frozen=True)
class Done:
    """What came of a run.

    Parameters
    ----------
    folder : str
        Where its parts lie.
    shards : list of Shard
        All of them, in order.
    reused : int
        How many were there already.
    seconds : float
        How long the others took.
    """

    folder: str
    shards: list[Shard] = field(repr=False)
    reused: int
    seconds: float


def run_job(
    job: Job,
    clips: Sequence[ClipRef],
    folder: str,
    engine: Engine,
    *,
    shard_clips: int = SHARD_CLIPS,
    advance: Callable[[int], None] | None = None,
) -> Done:
    """Do a job to clips, shard by shard; what an earlier run into the same folder finished is kept.

    Parameters
    ----------
    job : Job
        What is done.
    clips : sequence of ClipRef
        To what, in the order of names.
    folder : str
        Where the parts go: a path or a URL.
    engine : Engine
        Who does it.
    shard_clips : int, default 256
        Clips in a shard.
    advance : callable, optional
        Called with a number of clips, when they are done.

    Returns
    -------
    Done

    Raises
    ------
    UsageError
        If the folder holds another run: other clips, or other work.
    OffkeyError
        If shards were given up; the others' parts are there, and the same command tries again what is missing.
    """
    began = time.perf_counter()
    target = open_folder(folder)
    shards = cut(clips, job.signature(), shard_clips)
    _claim(target, job, clips, shards)
    there = target.names()
    waiting = [shard for shard in shards if shard.part not in there]
    step = advance or (lambda _clips: None)
    step(sum(len(shard.clips) for shard in shards if shard.part in there))
    do_all(engine, partial(_do_shard, job, folder), waiting, lambda shard: step(len(shard.clips)))
    return Done(target.name, shards, len(shards) - len(waiting), time.perf_counter() - began)


def _do_shard(job: Job, folder: str, shard: Shard) -> None:
    """Write the part of a shard."""
    open_folder(folder).write(shard.part, parquet(job.rows(shard.clips), shard.part))


def _claim(target: Folder, job: Job, clips: Sequence[ClipRef], shards: Sequence[Shard]) -> None:
    """Write the manifest, or check that the one that is there is of the same run."""
    manifest = _manifest(job, clips, shards)
    content = target.read(MANIFEST)
    if content is None:
        if any(name.endswith(".parquet") for name in target.names()):
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


def _manifest(job: Job, clips: Sequence[ClipRef], shards: Sequence[Shard]) -> dict[str, Any]:
    listed = hashlib.sha256("".join(shard.part for shard in shards).encode())
    return {
        "offkey_version": __version__,
        "kind": job.kind,
        "job": job.signature(),
        "list": listed.hexdigest(),
        "clips": len(clips),
        "shards": len(shards),
    }
