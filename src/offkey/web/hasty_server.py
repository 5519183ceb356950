"""A server of uvicorn that closes connections on which no request comes, or whose answer has no end when it stops."""

from __future__ import annotations

import asyncio
import socket
import time
from weakref import WeakKeyDictionary

import uvicorn

__all__ = ["HastyServer"]


class HastyServer(uvicorn.Server):
    """Closes a connection on which no head of a request comes in time, so that nobody holds many open at no cost.

    `head_s`: seconds in which the head of a request must have come.
    `leaving_s`: seconds that answers have when it stops; then their connections are closed, which is no error.
    """

    def __init__(self, config: uvicorn.Config, *, head_s: float, leaving_s: float) -> None:
        super().__init__(config)
        self._head_s, self._leaving_s = head_s, leaving_s
        self._waits_since: WeakKeyDictionary[object, float] = WeakKeyDictionary()

    async def on_tick(self, counter: int) -> bool:
        """Look at the connections ten times a second."""
        now = time.monotonic()
        for connection in list(self.server_state.connections):
            if not _waits_for_a_request(connection):
                self._waits_since.pop(connection, None)
            elif now - self._waits_since.setdefault(connection, now) > self._head_s:
                connection.transport.close()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, and close what is open after a while."""
        closing = asyncio.ensure_future(self._close_all())
        try:
            await super().shutdown(sockets)
        finally:
            closing.cancel()

    async def _close_all(self) -> None:
        await asyncio.sleep(self._leaving_s)
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def _waits_for_a_request(connection: object) -> bool:
    """Tell whether a connection answers no request; one of a WebSocket has answered its only one."""
    if not hasattr(connection, "cycle"):
        return False
    return connection.cycle is None or bool(connection.cycle.response_complete)
