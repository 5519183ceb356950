"""Server-sent events: the state of the machines, as it changes; WHATWG HTML, section 9.2.

A browser gets the newest state whenever it has taken the one before: one that is slow skips states, so nothing piles up
for it. The server cuts off one that takes nothing (`offkey.web.server.listen`).
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

__all__ = ["LiveEvents"]

_EVERY_S = 1.0
_HEARTBEAT_S = 15.0
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # or nginx would hold events back
]


class LiveEvents(Response):
    """Sends the JSON that `find` returns whenever it changes, and a comment where nothing changes for 15 s.

    `find`: called in a thread, once a second for each browser.
    `every_s`, `heartbeat_s`: seconds between looks, and until a comment.
    """

    def __init__(
        self,
        find: Callable[[], str],
        *,
        every_s: float = _EVERY_S,
        heartbeat_s: float = _HEARTBEAT_S,
    ) -> None:
        super().__init__()
        self._find, self._every_s, self._heartbeat_s = find, every_s, heartbeat_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the browser goes, or is cut off."""
        sending, gone = asyncio.ensure_future(self._send_all(send)), asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, gone):
                task.cancel()
            await asyncio.gather(sending, gone, return_exceptions=True)

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        last, quiet_s = "", math.inf
        while True:
            text = await run_in_threadpool(self._find)
            if text != last:
                await _send(send, f"event: state\ndata: {text}\n\n")
                last, quiet_s = text, 0.0
            elif quiet_s >= self._heartbeat_s:
                await _send(send, ": still here\n\n")
                quiet_s = 0.0
            await asyncio.sleep(self._every_s)
            quiet_s += self._every_s


async def _send(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
