"""Server-sent events: the state of the machines, as it changes; WHATWG HTML, section 9.2.

A browser gets the newest state whenever it has taken the one before: one that is slow skips states, so nothing piles up
for it, and one that takes nothing for half a minute is let go.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from offkey.web.watch.plant import Plant

__all__ = ["LiveEvents", "state_of"]

_EVERY_S = 1.0
_HEARTBEAT_S = 15.0
_STUCK_S = 30.0
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # or nginx would hold events back
]
_SHOWN = ("machine", "phase", "source", "fresh", "level", "index", "state", "event", "score", "p_value", "window_end")


def state_of(plant: Plant) -> dict[str, Any]:
    """Return the state of the machines as pages follow it.

    Returns
    -------
    dict
        `machines`, and `seq` of the newest change of an event, by which a page knows that there is more to fetch.
    """
    rows = [{key: row.get(key) for key in _SHOWN} for row in plant.rows()]
    events = plant.newest_events()
    return {"machines": rows, "seq": max((event["seq"] for event in events.values()), default=0)}


class LiveEvents(Response):
    """Sends what `find` returns whenever it changes, and a comment where nothing changes for 15 s.

    `find`: called in a thread, once a second for each browser.
    `every_s`, `heartbeat_s`, `stuck_s`: seconds between looks, until a comment, and until a stuck browser is let go.
    """

    def __init__(
        self,
        find: Callable[[], dict[str, Any]],
        *,
        every_s: float = _EVERY_S,
        heartbeat_s: float = _HEARTBEAT_S,
        stuck_s: float = _STUCK_S,
    ) -> None:
        super().__init__()
        self._find, self._every_s, self._heartbeat_s, self._stuck_s = find, every_s, heartbeat_s, stuck_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the browser goes, or is stuck."""
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
            text = json.dumps(await run_in_threadpool(self._find), allow_nan=False)
            if text != last:
                await self._in_time(send, f"event: state\ndata: {text}\n\n")
                last, quiet_s = text, 0.0
            elif quiet_s >= self._heartbeat_s:
                await self._in_time(send, ": still here\n\n")
                quiet_s = 0.0
            await asyncio.sleep(self._every_s)
            quiet_s += self._every_s

    async def _in_time(self, send: Send, text: str) -> None:
        """Send a piece; a browser that does not take it in time ends the answer."""
        piece: Message = {"type": "http.response.body", "body": text.encode(), "more_body": True}
        await asyncio.wait_for(send(piece), self._stuck_s)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
