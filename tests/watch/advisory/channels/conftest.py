"""A plant, and servers on this computer, for channels to talk to."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

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


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


class Broker:
    """A mosquitto without persistence, which can be started and ended any number of times on its port."""

    def __init__(self, program: str, folder: Path) -> None:
        self.port, self._program, self._folder = free_port(), program, folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self, *lines: str) -> None:
        settings = self._folder / "mosquitto.conf"
        base = [f"listener {self.port} 127.0.0.1", "persistence false", "allow_anonymous true"]
        settings.write_text("\n".join([*(lines or base[2:]), *base[:2]]) + "\n", encoding="utf-8")
        self._process = subprocess.Popen([self._program, "-c", settings], stderr=subprocess.DEVNULL)
        for _ in range(1000):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(0.02)
        raise AssertionError("mosquitto did not start")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("mosquitto is not installed")
    one = Broker(program, tmp_path)
    yield one
    one.kill()


class Listener:
    """A client that keeps all it gets, and the newest message of each topic."""

    def __init__(self, port: int) -> None:
        from paho.mqtt import client as mqtt

        self.messages: list[tuple[str, bytes, bool]] = []
        self._changed, ready = Event(), Event()
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        self._client.on_message = self._take
        self._client.on_subscribe = lambda *_: ready.set()
        self._client.connect("127.0.0.1", port)
        self._client.subscribe("#", qos=1)
        self._client.loop_start()
        assert ready.wait(30)

    def _take(self, _client: Any, _data: Any, message: Any) -> None:
        self.messages.append((message.topic, message.payload, message.retain))
        self._changed.set()

    def newest(self, topic: str) -> bytes | None:
        return next((payload for name, payload, _ in reversed(self.messages) if name == topic), None)

    def publish(self, topic: str, payload: str) -> None:
        self._client.publish(topic, payload, qos=1)

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds after a message."""
        for _ in range(600):
            if condition():
                return
            self._changed.wait(0.1)
            self._changed.clear()
        raise AssertionError(f"this did not come; there are {self.messages}")

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


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
