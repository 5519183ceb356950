"""A broker of MQTT that tests start and end, and a client that listens to it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from benchmarks.ports import free_port

__all__ = ["Broker", "Listener", "free_port"]


class Broker:
    """A mosquitto without persistence, which can be started and ended any number of times on its port."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
        if program is None:
            pytest.skip("mosquitto is not installed")
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


class Listener:
    """A client that keeps all it gets, and the newest message of each topic."""

    def __init__(self, port: int) -> None:
        from paho.mqtt import client as mqtt
        from paho.mqtt.enums import CallbackAPIVersion

        self.messages: list[tuple[str, bytes, bool]] = []
        self._changed, ready = Event(), Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
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
