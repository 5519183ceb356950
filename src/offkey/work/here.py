"""Work in the caller's thread, one item after the other."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import TypeVar

from offkey.work.library_threads import call_with_one_blas_thread, one_thread

__all__ = ["Here"]

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Here:
    """Works on an item when its result is asked for."""

    def map(self, function: Callable[[Item], Answer], items: Iterable[Item]) -> Generator[Answer, None, None]:
        """Yield what a function makes of items; see `Executor.map`."""
        for item in items:
            yield call_with_one_blas_thread(function, item)

    def run(self, work: Callable[[Item], None], items: Sequence[Item], done: Callable[[Item], None]) -> None:
        """Do work to all items; see `Executor.run`."""
        with warnings.catch_warnings(action="ignore"):
            for item in items:
                with one_thread():
                    work(item)
                done(item)
