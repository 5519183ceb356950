"""Work in processes of this machine; one that dies takes no other's work with it."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import TypeVar

from offkey.errors import OffkeyError
from offkey.work.ahead import A_WORKER, results_ahead
from offkey.work.jobs import checked_jobs
from offkey.work.library_threads import call_with_one_blas_thread
from offkey.work.memory import keep_freed_memory
from offkey.work.tries import TRIES, Tries, reason_of_failure

__all__ = ["Processes"]

_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",  # for libraries that are not loaded yet, else the last digits may differ
    "LOKY_MAX_MEMORY_LEAK_SIZE": "1e18",  # a process that comes to hold a network is none that leaks
}

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Processes:
    """Processes that are started for each call, and end with it.

    Where compiled steps are as short as those of hearing a clip, threads gain little: they wait for the
    interpreter's lock more than they work. The processes are loky's, which also start in programs that do not guard
    their main module.

    `jobs`: number of processes; by default one per processor.
    `at_a_time`: items that a process takes at a time from `map`, since each time costs; an error of one is raised in
        place of all of them.
    """

    def __init__(self, jobs: int | None = None, *, at_a_time: int = 1) -> None:
        self.jobs, self.at_a_time = checked_jobs(jobs), at_a_time

    def map(self, function: Callable[[Item], Answer], items: Iterable[Item]) -> Generator[Answer, None, None]:
        """Yield what a function makes of items; see `Executor.map`."""
        from loky.process_executor import TerminatedWorkerError

        remaining = iter(items)
        pieces = iter(lambda: list(islice(remaining, self.at_a_time)), [])
        try:
            with _start(self.jobs) as pool:
                most = A_WORKER * self.jobs
                for answers in results_ahead(lambda piece: pool.submit(_each, function, piece), pieces, most):
                    yield from answers
        except TerminatedWorkerError as error:
            raise OffkeyError(
                "A process that worked on clips was killed, perhaps because memory ran out; try again with fewer at a "
                "time: --jobs 1, or jobs=1."
            ) from error

    def run(self, work: Callable[[Item], None], items: Sequence[Item], done: Callable[[Item], None]) -> None:
        """Do work to all items; see `Executor.run`.

        A process that is killed breaks its pool, and with it every item that was under way: which of them did it,
        nobody can tell. A new pool then does these one at a time, so that the next death has one author.
        """
        tries, suspects = Tries(items, done), deque[int]()
        while tries.waiting or suspects:
            turn, width = (suspects, 1) if suspects else (tries.waiting, 2 * self.jobs)
            for number in _until_broken(tries, turn, work, width, min(len(turn), width, self.jobs)):
                if width == 1 and tries.is_last(number):
                    tries.give_up(number, f"its worker died {TRIES} times, the last time alone with it")
                else:
                    suspects.append(number)
        tries.check()


def _until_broken(
    tries: Tries[Item], turn: deque[int], work: Callable[[Item], None], width: int, jobs: int
) -> list[int]:
    """Work a queue off with a new pool; return the items that were under way when a process died."""
    under_way: dict[Future[str | None], int] = {}
    with _start(jobs) as pool:
        while turn or under_way:
            while turn and len(under_way) < width:
                try:
                    future = pool.submit(reason_of_failure, work, tries.item(turn[0]))
                except BrokenProcessPool:  # a process died since the last item was done
                    return _settle(tries, turn, under_way)
                under_way[future] = turn.popleft()
                tries.begin(under_way[future])
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            if any(isinstance(future.exception(), BrokenProcessPool) for future in done):
                return _settle(tries, turn, under_way)
            for future in done:
                tries.end(under_way.pop(future), _reason(future), turn)
    return []


def _settle(tries: Tries[Item], turn: deque[int], under_way: dict[Future[str | None], int]) -> list[int]:
    """Count what was finished before the pool broke, and return the rest."""
    wait(under_way)
    broken = []
    for future, number in under_way.items():
        if isinstance(future.exception(), BrokenProcessPool):
            broken.append(number)
        else:
            tries.end(number, _reason(future), turn)
    return broken


def _reason(future: Future[str | None]) -> str | None:
    error = future.exception()  # only what cannot travel raises one
    return future.result() if error is None else f"{type(error).__name__}: {error}"


def _start(jobs: int) -> Executor:
    """Start processes."""
    from loky.process_executor import ProcessPoolExecutor

    pool: Executor = ProcessPoolExecutor(jobs, initializer=_begin, initargs=(os.getpid(),), env=_ENVIRONMENT)
    return pool


def _begin(parent: int) -> None:
    """Prepare a process: it ends when the program that started it is killed, which gives no notice."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    keep_freed_memory()


def _each(function: Callable[[Item], Answer], items: Sequence[Item]) -> list[Answer]:
    return [call_with_one_blas_thread(function, item) for item in items]
