"""Work as tasks of a Ray cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from offkey.errors import OffkeyError, require
from offkey.work.ahead import A_WORKER, results_ahead
from offkey.work.library_threads import call_with_one_blas_thread
from offkey.work.tries import TRIES, Tries, reason_of_failure

__all__ = ["RayCluster"]

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class RayCluster:
    """Tasks on a cluster; plain tasks, so that a node that leaves costs only what ran on it.

    offkey must be installed on the nodes, in the same version, and the run's folder must be one that all
    of them reach: a shared file system or an object store.

    `jobs`: tasks at a time; by default as many as the cluster has processors.
    `address`: address of the cluster; by default Ray is started on this machine, and stopped afterwards.
    """

    def __init__(self, jobs: int | None = None, address: str | None = None) -> None:
        self.jobs, self.address = jobs, address
        self._ray: Any = require("ray", "ray", "The engine 'ray'")

    def map(self, function: Callable[[Item], Answer], items: Iterable[Item]) -> Generator[Answer, None, None]:
        """Yield what a function makes of items; see `Executor.map`."""
        with self._connected():
            submit = self._tasks(call_with_one_blas_thread, function)
            yield from results_ahead(lambda item: submit(item).future(), items, self._width())

    def run(self, work: Callable[[Item], None], items: Sequence[Item], done: Callable[[Item], None]) -> None:
        """Do work to all items; see `Executor.run`."""
        tries, under_way = Tries(items, done), dict[Any, int]()
        with self._connected():
            submit, width = self._tasks(reason_of_failure, work), self._width()
            while tries.waiting or under_way:
                while tries.waiting and len(under_way) < width:
                    number = tries.waiting.popleft()
                    tries.begin(number)
                    under_way[submit(items[number])] = number
                finished, _ = self._ray.wait(list(under_way), num_returns=1)
                for reference in finished:
                    tries.end(under_way.pop(reference), self._reason(reference), tries.waiting)
        tries.check()

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """Connect to the cluster, or start one, unless the program is connected already."""
        if self._ray.is_initialized():
            yield
            return
        options: dict[str, Any] = {"logging_level": "error", "log_to_driver": False, "ignore_reinit_error": True}
        if self.address is None:
            options |= {"include_dashboard": False, "num_cpus": self.jobs}
        else:
            options |= {"address": self.address}
        try:
            self._ray.init(**options)
        except Exception as error:  # of its own, of its transport, or of the system
            where = f"The Ray cluster {self.address} cannot be reached" if self.address else "Ray cannot be started"
            raise OffkeyError(f"{where}: {str(error).splitlines()[0] if str(error) else error!r}.") from error
        try:
            yield
        finally:
            self._ray.shutdown()

    def _tasks(self, call: Callable[..., Any], function: Callable[..., Any]) -> Callable[[Any], Any]:
        """Return what starts the task of an item."""
        task = self._ray.remote(num_cpus=1, max_retries=0)(do_there)
        folder, shared = str(Path.cwd()), self._ray.put(function)  # once a node, not once a task
        return lambda item: task.remote(folder, call, shared, item)

    def _width(self) -> int:
        """Return how many tasks are handed over at a time."""
        return self.jobs or A_WORKER * max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def _reason(self, reference: Any) -> str | None:
        """Return why a task failed, None if it did not."""
        try:
            reason: str | None = self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:  # before the work began: it cannot be unpacked there
            return str(error.cause or error).splitlines()[-1]
        except self._ray.exceptions.RayError as error:  # a worker or a node died
            return f"its worker died {TRIES} times ({type(error).__name__})"
        return reason


def do_there(folder: str, call: Callable[..., Any], function: Callable[..., Any], item: Any) -> Any:
    """Work in a folder, that of the driver, so that relative paths mean the same wherever Ray was started."""
    if Path(folder).is_dir():
        os.chdir(folder)
    os.environ["OMP_NUM_THREADS"] = "1"  # for libraries that are not loaded yet, else the last digits may differ
    return call(function, item)
