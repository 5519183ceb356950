"""A server that stops while an answer without an end goes on."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from offkey.web import server
from offkey.web.security import Guard
from offkey.web.server import listen, served
from offkey.web.watch.live import LiveEvents


def _endless() -> Iterator[bytes]:
    while True:
        yield b"." * 100
        time.sleep(0.02)


@pytest.mark.parametrize("path", ["/live", "/stream"])
def test_an_answer_without_an_end_ends_with_the_server_without_a_word(
    path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(server, "_LEAVING_S", 0.2)
    app = FastAPI()
    app.add_api_route("/live", lambda: LiveEvents(lambda: "{}", every_s=0.05))
    app.add_api_route("/stream", lambda: StreamingResponse(_endless()))
    opened = listen("127.0.0.1", 0)
    with (
        closing(socket.socket()) as browser,
        served(app, opened, host="127.0.0.1", guard=Guard(), announce=lambda _: None),
    ):
        browser.settimeout(20)
        browser.connect(opened.getsockname())
        browser.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert browser.recv(1000).startswith(b"HTTP/1.1 200")
    said = "".join(capfd.readouterr()) + caplog.text
    assert ("Traceback" in said, "ERROR" in said) == (False, False), said
