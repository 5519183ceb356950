"""Work as tasks of a Ray cluster."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from offkey.errors import OffkeyError, require
from offkey.work.engine import TRIES, Item, do_one

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

    def run(
        self, work: Callable[[Item], None], items: Sequence[Item], report: Callable[[Item, str | None], None]
    ) -> None:
        """Do all items; see `Engine.run`."""
        started = not self._ray.is_initialized()
        if started:
            self._start()
        try:
            self._run(work, items, report)
        finally:
            if started:
                self._ray.shutdown()

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

    def _run(self, work: Callable[[Any], None], items: Sequence[Any], report: Callable[..., None]) -> None:
        ray = self._ray
        task = ray.remote(num_cpus=1, max_retries=0)(do_there)
        shared = ray.put(work)  # once a node, not once a task
        width = self.workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        width = width if self.workers else width * _AHEAD
        waiting, under_way, tries = deque(range(len(items))), dict[Any, int](), Counter[int]()
        while waiting or under_way:
            while waiting and len(under_way) < width:
                number = waiting.popleft()
                tries[number] += 1
                under_way[task.remote(str(Path.cwd()), shared, items[number])] = number
            done, _ = ray.wait(list(under_way), num_returns=1)
            for reference in done:
                number = under_way.pop(reference)
                reason = self._reason(reference)
                if reason is not None and tries[number] < TRIES:
                    waiting.append(number)
                else:
                    report(items[number], reason)

    def _reason(self, reference: Any) -> str | None:
        """Return why a task failed, None if it did not."""
        try:
            reason: str | None = self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:  # before the work began: it cannot be unpacked there
            return str(error.cause or error).splitlines()[-1]
        except self._ray.exceptions.RayError as error:  # a worker or a node died
            return f"its worker died {TRIES} times ({type(error).__name__})"
        return reason


def do_there(folder: str, work: Callable[[Any], None], item: Any) -> str | None:
    """Do one item in a folder, that of the driver, so that relative paths mean the same wherever Ray was started."""
    if Path(folder).is_dir():
        os.chdir(folder)
    return do_one(work, item)
