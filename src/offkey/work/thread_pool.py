"""Work in threads of this process."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from functools import partial
from typing import TypeVar

from offkey.work.ahead import A_WORKER, results_ahead
from offkey.work.jobs import checked_jobs
from offkey.work.library_threads import call_with_one_blas_thread, one_blas_thread, one_thread

__all__ = ["Threads"]

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Threads:
    """Threads that are started for each call, and end with it.

    Decoding, FFT, sorting and matrix products run in compiled code, which lets threads run side by side.

    `jobs`: number of threads; by default one per processor.
    `ahead`: how many items are under way, or done before they are asked for, at most; by default four per thread.
    """

    def __init__(self, jobs: int | None = None, *, ahead: int | None = None) -> None:
        self.jobs = checked_jobs(jobs)
        self.ahead = ahead or A_WORKER * self.jobs

    def map(self, function: Callable[[Item], Answer], items: Iterable[Item]) -> Generator[Answer, None, None]:
        """Yield what a function makes of items; see `Executor.map`."""
        return self.read(partial(call_with_one_blas_thread, function), items)

    def read(self, function: Callable[[Item], Answer], items: Iterable[Item]) -> Generator[Answer, None, None]:
        """Yield what a function reads of items, as `map` does, but hold no linear algebra.

        Reading needs none, and who asks for what is read may go on with all threads meanwhile.
        """
        with ThreadPoolExecutor(self.jobs) as pool:
            yield from results_ahead(lambda item: pool.submit(function, item), items, self.ahead)

    def run(self, work: Callable[[Item], None], items: Sequence[Item], done: Callable[[Item], None]) -> None:
        """Do work to all items; see `Executor.run`."""
        with suppress(ImportError):  # brings libraries with threads, of which only the loaded ones are held to one
            import sklearn  # noqa: F401

        def alone(item: Item) -> Item:
            with one_thread():
                work(item)
            return item

        # detectors that silence a warning restore all threads' filters when they are done, so here nothing warns at all
        with one_blas_thread(), warnings.catch_warnings(action="ignore"), ThreadPoolExecutor(self.jobs) as pool:
            futures = [pool.submit(alone, item) for item in items]
            try:
                for future in as_completed(futures):
                    done(future.result())
            finally:
                for future in futures:
                    future.cancel()
