"""The interface of executors: they do pieces of work, here, in threads, in processes or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Protocol, TypeVar

from offkey.errors import ParameterError

__all__ = ["ENGINES", "Executor", "create_executor"]

ENGINES = ("local", "ray")
"""Names on the command line of the executors that work outside this process."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Executor(Protocol):
    """Does work to items on whatever it has.

    While an item is worked on, linear algebra is held to one thread, so that neither results nor speed depend on
    what else is under way. What works outside this process pickles functions, items and answers.
    """

    def map(self, function: Callable[[Item], Answer], items: Iterable[Item]) -> Generator[Answer, None, None]:
        """Yield what a function makes of items, in their order, worked out some items ahead.

        Yields: one per item; only a few are held at a time. An error that an item raises is raised in its place. Then,
            and when the generator is closed, what was not begun is cancelled.
        """
        ...

    def run(self, work: Callable[[Item], None], items: Sequence[Item], done: Callable[[Item], None]) -> None:
        """Do work to all items, in any order, and survive workers that die.

        The work keeps what comes of an item itself, whole or not at all, since its process may end at any moment.
        In this process an error is raised as it is, and what was not begun is cancelled. Outside, an item that fails,
        or whose worker dies, is tried again, and given up after `TRIES` times, after all others were done.
        """
        ...


def create_executor(name: str, *, jobs: int | None = None, address: str | None = None) -> Executor:
    """Return an executor that works outside this process, by name.

    `name`: {"local", "ray"}; processes of this machine, or tasks of a Ray cluster.
    `jobs`: processes, or tasks at a time; by default one per processor.
    `address`: address of a running Ray cluster, such as ``"ray://head:10001"`` or ``"auto"``; by default Ray is started
        on this machine.
    """
    if name == "local":
        if address is not None:
            raise ParameterError("An address is for the engine 'ray' alone; the engine 'local' runs on this machine.")
        from offkey.work.process_pool import Processes

        return Processes(jobs)
    if name == "ray":
        from offkey.work.ray_cluster import RayCluster

        return RayCluster(jobs, address)
    raise ParameterError(f"There is no engine {name!r}: expected one of {', '.join(ENGINES)}.")
