"""Receivers of the alerts of the soak: webhooks over HTTP, and a broker of MQTT that comes and goes."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any, Literal

from benchmarks.ports import free_port

__all__ = ["Broker", "Webhook", "mosquitto"]

PATIENCE_S = 30.0


def mosquitto() -> str | None:
    """Return the path of the broker, None where it is not installed."""
    return shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/sbin")


class Webhook:
    """A receiver that takes alerts, answers that it is busy, or breaks off; `received` counts what it took by key."""

    def __init__(self) -> None:
        self.answer: Literal["taken", "busy", "broken"] = "taken"
        self.received, self.refused = Counter[str](), 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.answer == "taken":
                    receiver.received[key_of(body)] += 1
                else:
                    receiver.refused += 1
                if receiver.answer == "broken":
                    return
                self.send_response(200 if receiver.answer == "taken" else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/alerts"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Close it."""
        self._server.shutdown()
        self._server.server_close()


class Broker:
    """A real mosquitto that forgets everything whenever it goes, and a subscriber that counts what it took by key.

    The monitor connects through a gate, which opens once the subscriber is there.
    """

    def __init__(self, folder: Path) -> None:
        self.port, self._inside = free_port(), free_port()
        self.received = Counter[str]()
        self._config = folder / "mosquitto.conf"
        self._config.write_text(f"listener {self._inside} 127.0.0.1\nallow_anonymous true\npersistence false\n")
        self.come()

    def come(self) -> None:
        """Start it, and let the monitor in."""
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        command = [str(mosquitto()), "-c", str(self._config)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subscribed = Event()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_subscribe = lambda *_: subscribed.set()
        self._client.on_message = self._take
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            with suppress(OSError):
                self._client.connect("127.0.0.1", self._inside)
                break
            time.sleep(0.02)
        self._client.loop_start()
        self._client.subscribe("#", qos=1)
        if not subscribed.wait(PATIENCE_S):
            raise SystemExit("mosquitto does not answer")
        self._gate = Gate(self.port, self._inside)

    def go(self) -> None:
        """Let it die, and close the gate."""
        self._gate.close()
        self._client.loop_stop()
        self._process.kill()
        self._process.wait()

    def _take(self, _client: Any, _data: Any, message: Any) -> None:
        if message.topic.endswith("/event"):
            self.received[key_of(message.payload)] += 1


class Gate:
    """Passes on what comes to one port to another, until it is closed."""

    def __init__(self, outside: int, inside: int) -> None:
        self._inside, self._open = inside, list[socket.socket]()
        self._listening = socket.create_server(("127.0.0.1", outside))
        self._open.append(self._listening)
        Thread(target=self._let_in, daemon=True).start()

    def close(self) -> None:
        """Break off all connections, and take no more."""
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _let_in(self) -> None:
        while True:
            try:
                came, _ = self._listening.accept()
            except OSError:
                return
            there = socket.create_connection(("127.0.0.1", self._inside))
            self._open += [came, there]
            for source, sink in ((came, there), (there, came)):
                Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pass_on(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(1 << 16):
                sink.sendall(piece)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def key_of(alert: bytes) -> str:
    """Return by what an alert is known: the episode and its number."""
    found = json.loads(alert)
    return f"{found['id']}-{found['seq']}"
