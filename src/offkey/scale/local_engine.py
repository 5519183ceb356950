"""Shards in processes of this machine; one that dies takes no other's work with it."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait as wait_for_end

from offkey.scale.engine import TRIES, Failure, Report, do_shard
from offkey.scale.jobs import Job
from offkey.scale.shards import Shard
from offkey.threads import default_jobs

__all__ = ["LocalEngine"]


class LocalEngine:
    """A pool of processes.

    A worker that is killed breaks the pool, and with it every shard that was under way: which of them did
    it, nobody can tell. A new pool then does these one at a time, so that the next death has one author.

    Parameters
    ----------
    workers : int, optional
        Number of processes; by default one a processor.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or default_jobs()

    def run(self, job: Job, shards: Sequence[Shard], folder: str, report: Report) -> None:
        """Do all shards; see `Engine.run`."""
        waiting, suspects, tries = deque(shards), deque[Shard](), Counter[int]()
        while waiting or suspects:
            turn, width = (suspects, 1) if suspects else (waiting, 2 * self.workers)
            broken = self._until_broken(job, turn, width, folder, tries, report)
            for shard in broken:
                if width == 1 and tries[shard.number] >= TRIES:
                    report(shard, Failure(shard, f"its worker died {TRIES} times, the last time alone with it"))
                else:
                    suspects.append(shard)

    def _until_broken(
        self, job: Job, turn: deque[Shard], width: int, folder: str, tries: Counter[int], report: Report
    ) -> list[Shard]:
        """Work a queue off with a new pool; return the shards that were under way when a worker died."""
        under_way: dict[Future[None], Shard] = {}
        workers = min(width, self.workers)
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent) as pool:
            while turn or under_way:
                while turn and len(under_way) < width:
                    shard = turn.popleft()
                    tries[shard.number] += 1
                    under_way[pool.submit(do_shard, job, shard, folder)] = shard
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                if any(isinstance(future.exception(), BrokenProcessPool) for future in done):
                    return self._settle(under_way, turn, tries, report)
                for future in done:
                    self._finish(under_way.pop(future), future, turn, tries, report)
        return []

    def _settle(
        self, under_way: dict[Future[None], Shard], turn: deque[Shard], tries: Counter[int], report: Report
    ) -> list[Shard]:
        """Report what was finished before the pool broke, and return the rest."""
        wait(under_way)
        broken = []
        for future, shard in under_way.items():
            if isinstance(future.exception(), BrokenProcessPool):
                broken.append(shard)
            else:
                self._finish(shard, future, turn, tries, report)
        return broken

    @staticmethod
    def _finish(shard: Shard, future: Future[None], turn: deque[Shard], tries: Counter[int], report: Report) -> None:
        error = future.exception()
        if error is None:
            report(shard, None)
        elif tries[shard.number] < TRIES:
            turn.append(shard)
        else:
            report(shard, Failure(shard, str(error) or type(error).__name__))


def _end_with_parent() -> None:
    """Let this worker end when the program that started it is killed, which tells nobody."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch(sentinel: int) -> None:
        wait_for_end([sentinel])
        os._exit(1)

    threading.Thread(target=watch, args=(parent.sentinel,), daemon=True).start()
