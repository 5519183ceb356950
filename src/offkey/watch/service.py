"""Words with systemd: ready, alive only while sound is scored, reloading, stopping (sd_notify and its watchdog)."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self

__all__ = ["Service"]

_PERIOD_S = 1.0  # between two looks whether sound is scored
_OFTEN = 3  # times within the time of the watchdog


class Service:
    """A service that systemd supervises, in a ``with`` block; elsewhere it does nothing.

    It is ready once sound is scored for the first time. From then on the watchdog is fed as long as sound is scored, so
    that a thread that is stuck has the service started anew. The protocol is that of sd_notify(3) and
    sd_watchdog_enabled(3): a datagram to the socket that the environment names.

    Parameters
    ----------
    is_scoring : callable
        Tells whether sound is scored.
    environment : mapping
        Where ``NOTIFY_SOCKET``, ``WATCHDOG_USEC`` and ``WATCHDOG_PID`` stand; by default that of the process.
    """

    def __init__(self, is_scoring: Callable[[], bool], environment: Mapping[str, str] = os.environ) -> None:
        self._is_scoring = is_scoring
        self._address = environment.get("NOTIFY_SOCKET", "").replace("@", "\0", 1)
        is_ours = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        watchdog = environment.get("WATCHDOG_USEC", "") if is_ours else ""
        self._is_watched = watchdog.isdecimal() and int(watchdog) > 0
        self._period_s = min(_PERIOD_S, int(watchdog) / 1e6 / _OFTEN) if self._is_watched else _PERIOD_S
        self._over = Event()
        self._thread = Thread(target=self._run, name="service", daemon=True)

    def __enter__(self) -> Self:
        if self._address:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._notify("STOPPING=1")
        self._over.set()
        if self._address:
            self._thread.join()

    def reloading(self) -> None:
        """Say that the settings are being read again."""
        self._notify(f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def ready(self) -> None:
        """Say that all that was asked for is done."""
        self._notify("READY=1")

    def _run(self) -> None:
        is_ready = False
        while not self._over.wait(self._period_s):
            if not self._is_scoring():
                continue
            if not is_ready:
                self.ready()
                is_ready = True
            if self._is_watched:
                self._notify("WATCHDOG=1")

    def _notify(self, state: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.sendto(state.encode(), self._address)
