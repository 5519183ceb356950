"""A tap: what a source gives, for somebody who listens in beside the scoring."""

from __future__ import annotations

from collections import deque
from threading import Lock

from offkey.watch.acquisition.source import Item

__all__ = ["Tap"]

_MOST = 400  # items that wait; the oldest are dropped where nobody takes them


class Tap:
    """Items of a source, for another thread that takes them now and then.

    `machine`: whose source it is.
    """

    def __init__(self, machine: str) -> None:
        self.machine = machine
        self._items = deque[Item](maxlen=_MOST)
        self._lock = Lock()

    def put(self, item: Item) -> None:
        """Add what came next."""
        with self._lock:
            self._items.append(item)

    def take(self) -> list[Item]:
        """Return what came since the last time, in order."""
        with self._lock:
            items = list(self._items)
            self._items.clear()
        return items
