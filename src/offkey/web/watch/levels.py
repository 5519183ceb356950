"""The level of a source before a machine is made of it, over a WebSocket."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from offkey.errors import OffkeyError
from offkey.watch.acquisition.level import LevelMeter
from offkey.web.watch.listening import until_gone
from offkey.web.watch.source_forms import source_from_form, source_to_try

__all__ = ["send_levels"]

_EVERY_S = 0.2
_STUCK_S = 30.0


async def send_levels(socket: WebSocket, folder: Path, *, every_s: float = _EVERY_S, stuck_s: float = _STUCK_S) -> None:
    """Listen to the source that a browser describes, and send its level until the browser goes.

    The browser sends the fields of its form as JSON; it gets `state`, `reason` and `level_db`, or `problem`.

    Parameters
    ----------
    socket : WebSocket
        Of the browser.
    folder : Path
        Where relative paths start.
    every_s, stuck_s : float
        Seconds between levels, and until a stuck browser is let go.
    """
    await socket.accept()
    with suppress(WebSocketDisconnect, TimeoutError, RuntimeError):  # the browser went, or is stuck
        try:
            given = json.loads(await socket.receive_text())
            form = {str(key): str(value) for key, value in dict(given).items()}
            meter = LevelMeter(source_to_try(source_from_form(form, "source."), folder))
        except OffkeyError as error:
            await socket.send_json({"problem": str(error)})
        except (ValueError, TypeError):
            await socket.send_json({"problem": "The source must be a JSON object of texts."})
        else:
            await _send(socket, meter, every_s, stuck_s)
        await socket.close()


async def _send(socket: WebSocket, meter: LevelMeter, every_s: float, stuck_s: float) -> None:
    gone = asyncio.ensure_future(until_gone(socket))
    try:
        meter.start()
        while not gone.done():
            level = await run_in_threadpool(meter.read)
            await asyncio.wait_for(socket.send_json(asdict(level)), stuck_s)
            await asyncio.wait([gone], timeout=every_s)
    finally:
        gone.cancel()
        await run_in_threadpool(meter.stop)
