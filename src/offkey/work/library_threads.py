"""Threads that libraries start themselves: linear algebra is held to one while others work beside it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

__all__ = ["call_with_one_blas_thread", "one_blas_thread", "one_thread"]

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class _Libraries:
    """The libraries with threads of their own, and how many blocks hold those of linear algebra to one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks = 0
        self._held: list[tuple[Any, int]] = []
        self._of_process: list[Any] = []
        self._of_each_thread: dict[str, list[Any]] = {}
        self._modules = 0

    def enter(self) -> None:
        """Hold linear algebra to one thread, unless another block does already."""
        with self._lock:
            if self._find_libraries() or not self._blocks:  # what is loaded inside a block is held as well
                for library in self._of_process:
                    if (number := library.num_threads) != 1:
                        self._held.append((library, number))
                        _set_threads(library, 1)
            self._blocks += 1

    def leave(self) -> None:
        """Give linear algebra its threads back, unless another block still holds it."""
        with self._lock:
            self._blocks -= 1
            while not self._blocks and self._held:
                _set_threads(*self._held.pop())

    def of_each_thread(self, api: str) -> list[Any]:
        """Return the libraries of which each thread sets for itself how many threads it may start."""
        with self._lock:
            self._find_libraries()
            return self._of_each_thread.get(api, [])

    def _find_libraries(self) -> bool:
        """Look for libraries, which takes milliseconds, if anything was imported since the last time."""
        if len(sys.modules) == self._modules:
            return False
        from threadpoolctl import ThreadpoolController

        self._modules, self._of_process, self._of_each_thread = len(sys.modules), [], {}
        for library in ThreadpoolController().lib_controllers:
            if _is_of_each_thread(library):
                self._of_each_thread.setdefault(library.user_api, []).append(library)
            elif library.user_api == "blas":
                self._of_process.append(library)
        return True


_LIBRARIES = _Libraries()


def _is_of_each_thread(library: Any) -> bool:
    return library.user_api == "openmp" or getattr(library, "threading_layer", None) == "openmp"


def _set_threads(library: Any, number: int) -> None:
    """Set the number of threads for the whole process, whoever asks: threadpoolctl 3.8 obeys who asked first, alone."""
    obey = getattr(library, "clear_controlling_thread", lambda force: None)
    obey(force=True)
    library.set_num_threads(number)
    obey(force=True)


@contextmanager
def _alone(libraries: list[Any]) -> Iterator[None]:
    """Hold libraries to one thread as far as this thread calls them."""
    before = [library.num_threads for library in libraries]
    try:
        for library in libraries:
            library.set_num_threads(1)
        yield
    finally:
        for library, number in zip(libraries, before, strict=True):
            library.set_num_threads(number)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold linear algebra to one thread while the block runs.

    On the small matrices of detectors its threads mostly wait for each other; where another program
    uses a processor too, a fit took thirty times as long with two of them as with one. The number counts for
    the whole process: it is restored when the last block of any thread ends. Inside another block this costs nothing.
    A generator must not yield inside the block: it would hold linear algebra while others work.
    """
    _LIBRARIES.enter()
    try:
        with _alone(_LIBRARIES.of_each_thread("blas")):
            yield
    finally:
        _LIBRARIES.leave()


def call_with_one_blas_thread(function: Callable[[Item], Answer], item: Item) -> Answer:
    """Return what a function makes of an item, with linear algebra held to one thread meanwhile."""
    with one_blas_thread():
        return function(item)


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold linear algebra to one thread while the block runs, and OpenMP as far as this thread starts it."""
    with one_blas_thread(), _alone(_LIBRARIES.of_each_thread("openmp")):
        yield
