"""Items that are tried several times, since a worker may die, and the error for those that are given up."""

from __future__ import annotations

import warnings
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from offkey.errors import OffkeyError
from offkey.work.library_threads import one_thread

__all__ = ["TRIES", "Tries", "reason_of_failure"]

TRIES = 3
"""The number of tries before an item is given up."""

Item = TypeVar("Item")


class Tries(Generic[Item]):
    """The items of one run, by number, and how often each was tried."""

    def __init__(self, items: Sequence[Item], done: Callable[[Item], None]) -> None:
        self._items, self._done = items, done
        self._tries, self._given_up = Counter[int](), dict[int, str]()
        self.waiting = deque(range(len(items)))

    def item(self, number: int) -> Item:
        """Return an item."""
        return self._items[number]

    def begin(self, number: int) -> None:
        """Count a try."""
        self._tries[number] += 1

    def is_last(self, number: int) -> bool:
        """Tell whether an item has had all its tries."""
        return self._tries[number] >= TRIES

    def end(self, number: int, reason: str | None, again: deque[int]) -> None:
        """Say how a try ended: None if the item is done, else why not; then it waits for the next, or is given up."""
        if reason is None:
            self._done(self._items[number])
        elif self.is_last(number):
            self.give_up(number, reason)
        else:
            again.append(number)

    def give_up(self, number: int, reason: str) -> None:
        """Try an item no more."""
        self._given_up[number] = reason

    def check(self) -> None:
        """Raise an OffkeyError if items were given up; it names the first, the same whoever was first to fail."""
        if self._given_up:
            first = min(self._given_up)
            raise OffkeyError(
                f"{len(self._given_up)} of {len(self._items)} pieces of work could not be done; the first is "
                f"{self._items[first]}: {self._given_up[first].rstrip('.')}. What is done is kept; the same command "
                "goes on there."
            )


def reason_of_failure(work: Callable[[Item], None], item: Item) -> str | None:
    """Do work to one item and return why it failed, if it did; this is what runs in a worker.

    The reason is text, since not every error can travel.
    """
    try:
        with one_thread(), warnings.catch_warnings(action="ignore"):
            work(item)
    except OffkeyError as error:
        return str(error)
    except Exception as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())}"
    return None
