"""Shards as tasks of a Ray cluster."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from typing import Any

from offkey.errors import OffkeyError, require
from offkey.scale.engine import TRIES, Failure, Report, do_shard
from offkey.scale.jobs import Job
from offkey.scale.shards import Shard

__all__ = ["RayEngine"]

_AHEAD = 4  # tasks handed over for each that can run, so that no node waits for the driver


class RayEngine:
    """Tasks on a cluster; plain tasks, so that a node that leaves costs only what ran on it.

    offkey must be installed on the nodes, in the same version, and the run's folder must be one that all
    of them reach: a shared file system or an object store.

    Parameters
    ----------
    workers : int, optional
        Tasks at a time; by default as many as the cluster has processors.
    address : str, optional
        Address of the cluster; by default Ray is started on this machine, and stopped afterwards.

    Raises
    ------
    MissingExtraError
        If Ray is not installed.
    OffkeyError
        If the cluster cannot be reached.
    """

    def __init__(self, workers: int | None = None, address: str | None = None) -> None:
        self.workers, self.address = workers, address
        self._ray: Any = require("ray", "ray", "The engine 'ray'")

    def run(self, job: Job, shards: Sequence[Shard], folder: str, report: Report) -> None:
        """Do all shards; see `Engine.run`."""
        ray = self._ray
        started = not ray.is_initialized()
        if started:
            self._start()
        try:
            self._run(job, shards, folder, report)
        finally:
            if started:
                ray.shutdown()

    def _start(self) -> None:
        options: dict[str, Any] = {"logging_level": "error", "log_to_driver": False, "ignore_reinit_error": True}
        if self.address is None:
            options |= {"include_dashboard": False, "num_cpus": self.workers}
        else:
            options |= {"address": self.address}
        try:
            self._ray.init(**options)
        except Exception as error:  # of its own, of its transport, or of the system
            where = f"The Ray cluster {self.address} cannot be reached" if self.address else "Ray cannot be started"
            raise OffkeyError(f"{where}: {str(error).splitlines()[0] if str(error) else error!r}.") from error

    def _run(self, job: Job, shards: Sequence[Shard], folder: str, report: Report) -> None:
        ray = self._ray
        task = ray.remote(num_cpus=1, max_retries=0)(do_shard)
        shared = ray.put(job)  # once a node, not once a task
        width = self.workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        width = width if self.workers else width * _AHEAD
        waiting, under_way, tries = deque(shards), dict[Any, Shard](), Counter[int]()
        while waiting or under_way:
            while waiting and len(under_way) < width:
                shard = waiting.popleft()
                tries[shard.number] += 1
                under_way[task.remote(shared, shard, folder)] = shard
            done, _ = ray.wait(list(under_way), num_returns=1)
            for reference in done:
                shard = under_way.pop(reference)
                reason = self._reason(reference)
                if reason is None:
                    report(shard, None)
                elif tries[shard.number] < TRIES:
                    waiting.append(shard)
                else:
                    report(shard, Failure(shard, reason))

    def _reason(self, reference: Any) -> str | None:
        """Return why a task failed, None if it did not."""
        try:
            self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:
            return str(error.cause or error).splitlines()[-1]
        except self._ray.exceptions.RayError as error:  # a worker or a node died
            return f"its worker died {TRIES} times ({type(error).__name__})"
        return None
