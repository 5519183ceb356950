"""Browsers that take nothing, on real sockets: each is cut off, and nothing piles up for it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from fastapi import APIRouter, Response, WebSocket

from offkey.web.app import AppPart, create_app
from offkey.web.security import Guard
from offkey.web.server import listen, served
from offkey.web.watch.listening import send_columns
from offkey.web.watch.live import LiveEvents
from offkey.web.watch.spectrogram import Columns

pytestmark = pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the option is of Linux")

STUCK_S, PATIENCE_S = 1.0, 60.0
UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


class Much:
    """In place of a plant and its live spectrograms: always something new, and much of it."""

    def __init__(self) -> None:
        self.given, self.left = 0, Event()

    def state(self) -> str:
        self.given += 1
        return f'"{self.given}{"x" * 200_000}"'

    def facts(self) -> dict[str, int]:
        return {}

    @contextmanager
    def spectrogram(self, _machine: str) -> Iterator[Much]:
        try:
            yield self
        finally:
            self.left.set()

    def columns(self, _machine: str, number: int) -> list[Columns]:
        self.given += 1
        picture = np.zeros((1000, 128), np.uint8)
        return [Columns(number + 1, 0.0, picture, picture)]

    def router(self) -> APIRouter:
        routes = APIRouter()

        @routes.get("/live")
        def live() -> Response:
            return LiveEvents(self.state, every_s=0.001)

        @routes.websocket("/spectrogram")
        async def spectrogram(socket: WebSocket) -> None:
            await send_columns(socket, self, "pump", every_s=0.001)  # type: ignore[arg-type]

        return routes


@pytest.mark.parametrize("path", ["live", "spectrogram"])
def test_a_browser_that_never_reads_is_cut_off_and_nothing_piles_up(
    path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    much, guard = Much(), Guard(programs=True)
    app = create_app([AppPart((), lambda _: [much.router()])], title="test", guard=guard)
    with (
        closing(listen("127.0.0.1", 0, stuck_s=STUCK_S)) as opened,
        served(app, opened, host="127.0.0.1", guard=guard, announce=lambda _: None),
        closing(socket.create_connection(opened.getsockname(), timeout=PATIENCE_S)) as browser,
    ):
        port = opened.getsockname()[1]
        origin = f"Host: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        upgrade = UPGRADE if path == "spectrogram" else ""
        browser.sendall(f"GET /{path} HTTP/1.1\r\n{origin}{upgrade}\r\n".encode())
        until = time.monotonic() + PATIENCE_S
        while not much.given or _is_connected(port, browser):
            assert time.monotonic() < until
            time.sleep(0.05)
        given = much.given
        assert path == "live" or much.left.wait(PATIENCE_S)
    assert given < 1000
    assert much.given <= given + 1
    assert capfd.readouterr().err == ""


def _is_connected(port: int, browser: socket.socket) -> bool:
    """Tell whether the server has a connection to a browser, by the table of the kernel."""
    ends = f"0100007F:{port:04X} 0100007F:{browser.getsockname()[1]:04X}"
    return ends in Path("/proc/net/tcp").read_text()
