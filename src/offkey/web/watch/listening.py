"""Browsers that look at live spectrograms: one tap and one computation for each machine, however many look."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from offkey.watch.acquisition.tap import Tap
from offkey.watch.monitor import Monitor
from offkey.web.watch.spectrogram import Columns, LiveSpectrogram

__all__ = ["Listening", "send_columns", "until_gone"]

_EVERY_S = 0.25


@dataclass
class _Listened:
    tap: Tap
    spectrogram: LiveSpectrogram
    visitors: int = 0


class Listening:
    """The live spectrograms of a plant, each of which exists while somebody looks at it.

    `monitor`: of the plant.
    """

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor
        self._listened = dict[str, _Listened]()
        self._lock = Lock()

    @contextmanager
    def spectrogram(self, machine: str) -> Iterator[LiveSpectrogram | None]:
        """Yield the spectrogram of a machine, which goes on while the block runs; None where it has no model yet."""
        model = self._monitor.model(machine)
        if model is None:
            yield None
            return
        with self._lock:
            if machine not in self._listened:
                self._listened[machine] = _Listened(self._monitor.listen(machine), LiveSpectrogram(model))
            listened = self._listened[machine]
            listened.visitors += 1
        try:
            yield listened.spectrogram
        finally:
            with self._lock:
                listened.visitors -= 1
                if not listened.visitors:
                    self._monitor.leave(listened.tap)
                    del self._listened[machine]

    def columns(self, machine: str, number: int) -> list[Columns]:
        """Return the columns of a machine after a piece, those that have just come among them."""
        with self._lock:
            listened = self._listened.get(machine)
        if listened is None:
            return []
        listened.spectrogram.feed(listened.tap.take())
        return listened.spectrogram.after(number)


async def send_columns(socket: WebSocket, listening: Listening, machine: str, *, every_s: float = _EVERY_S) -> None:
    """Send the columns of a machine as they come, until the browser goes or is cut off.

    First comes what a page must know to draw them, as JSON; a browser that is slow skips pieces.
    """
    await socket.accept()
    with listening.spectrogram(machine) as spectrogram:
        if spectrogram is None:
            await socket.close(1000, "There is no model yet.")
            return
        gone = asyncio.ensure_future(until_gone(socket))
        try:
            with suppress(WebSocketDisconnect, RuntimeError):  # the browser went
                await socket.send_json(spectrogram.facts())
                number = 0
                while not gone.done():
                    for piece in await run_in_threadpool(listening.columns, machine, number):
                        number = piece.number
                        await socket.send_bytes(piece.to_bytes())
                    await asyncio.wait([gone], timeout=every_s)
        finally:
            gone.cancel()


async def until_gone(socket: WebSocket) -> None:
    """Wait until a browser has closed its side."""
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await socket.receive_bytes()
