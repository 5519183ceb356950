"""Work in processes of this machine; one that dies takes no other's work with it."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from offkey.work.engine import TRIES, Item, do_one
from offkey.work.threads import default_jobs, end_with_parent

__all__ = ["LocalEngine"]


class LocalEngine:
    """A pool of processes.

    A worker that is killed breaks the pool, and with it every item that was under way: which of them did
    it, nobody can tell. A new pool then does these one at a time, so that the next death has one author.

    Parameters
    ----------
    workers : int, optional
        Number of processes; by default one a processor.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or default_jobs()

    def run(
        self, work: Callable[[Item], None], items: Sequence[Item], report: Callable[[Item, str | None], None]
    ) -> None:
        """Do all items; see `Engine.run`."""
        crew = _Crew(work, items, report)
        suspects = deque[int]()
        while crew.waiting or suspects:
            turn, width = (suspects, 1) if suspects else (crew.waiting, 2 * self.workers)
            for number in crew.until_broken(turn, width, min(width, self.workers)):
                if width == 1 and crew.tries[number] >= TRIES:
                    report(items[number], f"its worker died {TRIES} times, the last time alone with it")
                else:
                    suspects.append(number)


class _Pool(ProcessPoolExecutor):
    """A pool that starts all its processes at once.

    One that starts them as work comes in can fall over a worker that dies meanwhile: its thread that looks after
    the others then ends with "dictionary changed size during iteration".
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._safe_to_dynamically_spawn_children = False


class _Crew:
    """The items of one run, by number, and how often each was tried."""

    def __init__(self, work: Callable[[Any], None], items: Sequence[Any], report: Callable[..., None]) -> None:
        self._work, self._items, self._report = work, items, report
        self.waiting, self.tries = deque(range(len(items))), Counter[int]()

    def until_broken(self, turn: deque[int], width: int, workers: int) -> list[int]:
        """Work a queue off with a new pool; return the items that were under way when a worker died."""
        under_way: dict[Future[str | None], int] = {}
        context = multiprocessing.get_context("spawn")
        with _Pool(workers, context, initializer=end_with_parent, initargs=(os.getpid(),)) as pool:
            while turn or under_way:
                while turn and len(under_way) < width:
                    try:
                        future = pool.submit(do_one, self._work, self._items[turn[0]])
                    except BrokenProcessPool:  # a worker died since the last item was done
                        return self._settle(under_way, turn)
                    under_way[future] = turn.popleft()
                    self.tries[under_way[future]] += 1
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                if any(isinstance(future.exception(), BrokenProcessPool) for future in done):
                    return self._settle(under_way, turn)
                for future in done:
                    self._finish(under_way.pop(future), future, turn)
        return []

    def _settle(self, under_way: dict[Future[str | None], int], turn: deque[int]) -> list[int]:
        """Report what was finished before the pool broke, and return the rest."""
        wait(under_way)
        broken = []
        for future, number in under_way.items():
            if isinstance(future.exception(), BrokenProcessPool):
                broken.append(number)
            else:
                self._finish(number, future, turn)
        return broken

    def _finish(self, number: int, future: Future[str | None], turn: deque[int]) -> None:
        error = future.exception()  # only what cannot travel raises one
        reason = future.result() if error is None else f"{type(error).__name__}: {error}"
        if reason is not None and self.tries[number] < TRIES:
            turn.append(number)
        else:
            self._report(self._items[number], reason)
