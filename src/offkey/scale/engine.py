"""What an engine is: it does the shards of a run, somewhere, and says which are done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from offkey.errors import ParameterError
from offkey.scale.folder import open_folder
from offkey.scale.jobs import Job, parquet
from offkey.scale.shards import Shard

__all__ = ["ENGINES", "TRIES", "Engine", "Failure", "Report", "create", "do_shard"]

ENGINES = ("local", "ray")

TRIES = 3
"""How often a shard is tried before it is given up."""


@dataclass(frozen=True)
class Failure:
    """A shard that was given up.

    Parameters
    ----------
    shard : Shard
        Which.
    reason : str
        One sentence: what happened at the last try.
    """

    shard: Shard
    reason: str


Report: TypeAlias = Callable[[Shard, Failure | None], None]
"""Called once a shard, when its part is written or when it is given up."""


class Engine(Protocol):
    """Runs shards on whatever it has."""

    def run(self, job: Job, shards: Sequence[Shard], folder: str, report: Report) -> None:
        """Do all shards, each at most `TRIES` times, and report each."""
        ...


def create(name: str, *, workers: int | None = None, address: str | None = None) -> Engine:
    """Return an engine by name.

    Parameters
    ----------
    name : {"local", "ray"}
        Processes of this machine, or tasks of a Ray cluster.
    workers : int, optional
        Processes, or tasks at a time; by default one a processor.
    address : str, optional
        Address of a running Ray cluster, such as ``"ray://head:10001"`` or ``"auto"``; by default Ray is
        started on this machine.

    Raises
    ------
    ParameterError
        If there is no such engine, or an option is not for it.
    MissingExtraError
        If Ray is asked for and not installed.
    """
    if name == "local":
        if address is not None:
            raise ParameterError("An address is for the engine 'ray' alone; the engine 'local' runs on this machine.")
        from offkey.scale.local_engine import LocalEngine

        return LocalEngine(workers)
    if name == "ray":
        from offkey.scale.ray_engine import RayEngine

        return RayEngine(workers, address)
    raise ParameterError(f"There is no engine {name!r}: expected one of {', '.join(ENGINES)}.")


def do_shard(job: Job, shard: Shard, folder: str) -> None:
    """Do one shard and write its part; this is what runs in a worker, whatever the engine."""
    from offkey.threads import one_blas_thread

    with one_blas_thread():
        table = job.rows(shard.clips)
    open_folder(folder).write(shard.part, parquet(table))
