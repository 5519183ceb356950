"""Work that is done some items ahead of who asks for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from typing import TypeVar

__all__ = ["A_WORKER", "results_ahead"]

A_WORKER = 4
"""Pieces that are handed over for each that can be worked on, so that no worker waits for the next."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def results_ahead(
    submit: Callable[[Item], Future[Answer]], items: Iterable[Item], most: int
) -> Generator[Answer, None, None]:
    """Yield the results of items in their order, at most `most` of which are under way or wait to be asked for."""
    waiting: deque[Future[Answer]] = deque()
    try:
        for item in items:
            waiting.append(submit(item))
            if len(waiting) >= most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
