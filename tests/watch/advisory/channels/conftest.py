"""A plant, and servers on this computer, for channels to talk to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tests.brokers import Broker, Listener

from offkey.watch.advisory.channels.base import Site

UUID = "5f0c2f4e8f0d4f6e9d6f1a2b3c4d5e6f"


class Remembered(dict[str, str]):
    """In place of a database."""

    setting = dict.get

    def set_setting(self, key: str, value: str) -> None:
        self[key] = value


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    """The state of the machines, which a test may change."""
    row = {"machine": "pump 7", "event": False, "level": "normal", "phase": "armed", "source": "healthy"}
    return [{**row, "fresh": True, "score": 1.5, "p_value": 0.5, "window_end": 1.0}]


@pytest.fixture
def site(tmp_path: Path, rows: list[dict[str, Any]]) -> Site:
    return Site("works", UUID, tmp_path, lambda: rows, Remembered())


class Script:
    """A web server that answers as the test says: status and headers of each request in turn, then 200."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.requests: list[tuple[str, dict[str, str], bytes]] = []


@pytest.fixture
def web() -> Iterator[Script]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            script.requests.append((self.path, dict(self.headers), body))
            status, headers = script.answers.pop(0) if script.answers else (200, {})
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script = Script(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield script
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    one = Broker(tmp_path)
    yield one
    one.kill()


@pytest.fixture
def listen() -> Iterator[Callable[[int], Listener]]:
    """Return a function: port of a broker to a listener, closed in the end."""
    opened: list[Listener] = []

    def make(port: int) -> Listener:
        opened.append(Listener(port))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
