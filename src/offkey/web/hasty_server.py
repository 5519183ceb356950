"""A server of uvicorn that closes connections on which no request comes."""

from __future__ import annotations

import time
from weakref import WeakKeyDictionary

import uvicorn

__all__ = ["HastyServer"]


class HastyServer(uvicorn.Server):
    """Closes a connection on which no head of a request comes in time, so that nobody holds many open at no cost.

    `head_s`: seconds in which the head of a request must have come.
    """

    def __init__(self, config: uvicorn.Config, *, head_s: float) -> None:
        super().__init__(config)
        self._head_s = head_s
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


def _waits_for_a_request(connection: object) -> bool:
    """Tell whether a connection answers no request; one of a WebSocket has answered its only one."""
    if not hasattr(connection, "cycle"):
        return False
    return connection.cycle is None or bool(connection.cycle.response_complete)
