"""Words with systemd, as a socket of ours hears them."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from offkey.watch.service import Service

WATCHDOG = {"WATCHDOG_USEC": "30000", "WATCHDOG_PID": str(os.getpid())}


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
        opened.bind(str(tmp_path / "notify"))
        opened.settimeout(20)
        yield opened


def _environment(supervisor: socket.socket, **more: str) -> dict[str, str]:
    return {"NOTIFY_SOCKET": supervisor.getsockname(), **more}


def _next(supervisor: socket.socket) -> str:
    return supervisor.recv(4096).decode()


def test_it_is_ready_with_the_first_sound_scored_and_fed_as_long_as_it_is(supervisor: socket.socket) -> None:
    scoring = [False]
    with Service(lambda: scoring[0], _environment(supervisor, **WATCHDOG)):
        supervisor.settimeout(0.2)
        with pytest.raises(TimeoutError):
            _next(supervisor)
        supervisor.settimeout(20)
        scoring[0] = True
        assert [_next(supervisor) for _ in range(3)] == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]
        scoring[0] = False
        supervisor.settimeout(0.5)
        with suppress(TimeoutError):
            assert _next(supervisor) == "WATCHDOG=1"  # it may have been on its way
        with pytest.raises(TimeoutError):
            _next(supervisor)
    assert _next(supervisor) == "STOPPING=1"


def test_a_reload_is_announced_with_its_time(supervisor: socket.socket) -> None:
    service = Service(lambda: True, _environment(supervisor))
    service.reloading()
    service.ready()
    first, _, second = _next(supervisor).partition("\n")
    assert first == "RELOADING=1"
    assert second.startswith("MONOTONIC_USEC=")
    assert int(second.partition("=")[2]) > 0
    assert _next(supervisor) == "READY=1"


def test_a_watchdog_of_another_process_is_left_alone(supervisor: socket.socket) -> None:
    with Service(lambda: True, _environment(supervisor, WATCHDOG_USEC="30000", WATCHDOG_PID="1")):
        assert _next(supervisor) == "READY=1"
    assert _next(supervisor) == "STOPPING=1"


def test_an_abstract_socket_is_reached() -> None:
    name = f"offkey-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
        opened.bind(f"\0{name}")
        opened.settimeout(20)
        Service(lambda: True, {"NOTIFY_SOCKET": f"@{name}"}).ready()
        assert opened.recv(100) == b"READY=1"


def test_nothing_is_said_where_nobody_supervises(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr("offkey.watch.service.socket.socket", lambda *form: opened.append(form))
    with Service(lambda: True, {}) as service:
        service.reloading()
        service.ready()
    assert opened == []
