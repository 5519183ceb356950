"""Machines that are made ready one by one, by a thread, while those before them are listened to already."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event, Thread

from offkey.watch.findings import Findings
from offkey.watch.settings import MachineSettings

__all__ = ["Preparation", "Ready"]


@dataclass(frozen=True)
class Ready:
    """A machine whose model is in its file, and what must be kept before it is loaded, such as its shadow."""

    machine: MachineSettings
    findings: Findings


class Preparation:
    """Makes machines ready in a thread of its own.

    Parameters
    ----------
    make : callable
        Gets the event that stops it, and yields each machine as soon as it is ready.
    """

    def __init__(self, make: Callable[[Event], Iterator[Ready]]) -> None:
        self._make = make
        self._ready = deque[Ready]()
        self._error: Exception | None = None
        self._has_ended = False
        self._thread: Thread | None = None

    @property
    def is_over(self) -> bool:
        """Whether no further machine will come, and all were taken."""
        return self._has_ended and not self._ready and self._error is None

    def start(self, stopping: Event, arrived: Event) -> None:
        """Begin to work.

        Parameters
        ----------
        stopping : Event
            Ends it, with the machine that is being made.
        arrived : Event
            Set whenever a machine is ready.
        """
        self._thread = Thread(target=self._run, args=(stopping, arrived), name="preparation", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until the work has ended, which `stopping` brings about: nothing may go on where Python itself ends."""
        if self._thread is not None:
            self._thread.join()

    def take(self) -> Ready | None:
        """Return the machine that is ready next; None while there is none.

        Raises
        ------
        Exception
            Whatever ended the work.
        """
        if self._ready:
            return self._ready.popleft()
        if self._error is not None:
            raise self._error
        return None

    def _run(self, stopping: Event, arrived: Event) -> None:
        try:
            for ready in self._make(stopping):
                self._ready.append(ready)
                arrived.set()
        except Exception as error:  # it is raised where the monitor is told of it
            self._error = error
        self._has_ended = True
        arrived.set()
