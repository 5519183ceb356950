"""What an engine is: it does pieces of work, somewhere, and says which are done."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from offkey.errors import OffkeyError, ParameterError
from offkey.work.threads import one_thread

__all__ = ["ENGINES", "TRIES", "Engine", "create", "do_all", "do_one"]

ENGINES = ("local", "ray")

TRIES = 3
"""How often a piece is tried before it is given up."""

Item = TypeVar("Item")


class Engine(Protocol):
    """Does work on whatever it has."""

    def run(
        self, work: Callable[[Item], None], items: Sequence[Item], report: Callable[[Item, str | None], None]
    ) -> None:
        """Do all items, each at most `TRIES` times, and report each: None when it is done, or why it is given up.

        The work and the items travel to other processes, so that both can be pickled. The work keeps what comes
        of an item itself, whole or not at all, since its process may end at any moment.
        """
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
        from offkey.work.local_engine import LocalEngine

        return LocalEngine(workers)
    if name == "ray":
        from offkey.work.ray_engine import RayEngine

        return RayEngine(workers, address)
    raise ParameterError(f"There is no engine {name!r}: expected one of {', '.join(ENGINES)}.")


def do_all(engine: Engine, work: Callable[[Item], None], items: Sequence[Item], done: Callable[[Item], None]) -> None:
    """Let an engine do all items.

    Parameters
    ----------
    engine : Engine
        Who does them.
    work : callable
        What is done to each.
    items : sequence
        What `str` makes of one is what messages call it.
    done : callable
        Called with each item that is done.

    Raises
    ------
    OffkeyError
        If items were given up, after all others were done.
    """
    failed: list[tuple[Item, str]] = []

    def report(item: Item, reason: str | None) -> None:
        if reason is None:
            done(item)
        else:
            failed.append((item, reason))

    if items:
        engine.run(work, items, report)
    if failed:
        place = {id(item): number for number, item in enumerate(items)}
        item, reason = min(failed, key=lambda each: place[id(each[0])])  # the same whoever was first to fail
        raise OffkeyError(
            f"{len(failed)} of {len(items)} pieces of work could not be done; the first is {item}: "
            f"{reason.rstrip('.')}. What is done is kept; the same command goes on there."
        )


def do_one(work: Callable[[Item], None], item: Item) -> str | None:
    """Do one item and return why it failed, if it did; this is what runs in a worker, whatever the engine.

    The reason is text, since not every error can travel.
    """
    os.environ["OMP_NUM_THREADS"] = "1"  # for libraries that are not loaded yet, else the last digits may differ
    try:
        with one_thread(), warnings.catch_warnings(action="ignore"):
            work(item)
    except OffkeyError as error:
        return str(error)
    except Exception as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())}"
    return None
