"""Channels are tried out beside a monitor."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.brokers import free_port

from offkey.watch.advisory.trying import channel_problems, send_test
from offkey.watch.settings import PlantSettings

KEEP = "import pathlib, sys; pathlib.Path('got').write_text(sys.stdin.read())"


@pytest.fixture
def plant() -> Callable[..., PlantSettings]:
    """Return a function: channels to a plant."""

    def make(*channels: dict[str, Any]) -> PlantSettings:
        pump = {"name": "pump", "model": "m", "source": {"kind": "folder", "path": "p"}}
        return PlantSettings.model_validate({"plant": {"name": "works"}, "machine": [pump], "notify": list(channels)})

    return make


def test_what_is_wrong_with_a_channel_is_said_without_sending(
    plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOOK", raising=False)
    settings = plant(
        {"kind": "command", "command": [sys.executable, "-c", KEEP]},
        {"kind": "command", "name": "gone", "command": ["no-such-program"]},
        {"kind": "webhook", "url": "https://hook.example", "secret": {"env": "HOOK"}},
        {"kind": "mqtt", "broker": f"127.0.0.1:{(port := free_port())}"},
    )
    assert channel_problems(settings, tmp_path) == {
        "command": None,
        "gone": "There is no program no-such-program.",
        "webhook": "The environment variable HOOK should hold a secret, and is not set.",
        "mqtt": f"The broker 127.0.0.1:{port} is not connected: no connection could be made.",
    }
    assert list(tmp_path.iterdir()) == []


def test_a_test_is_sent_on_the_channels_that_are_named(plant, tmp_path: Path) -> None:
    settings = plant(
        {"kind": "command", "command": [sys.executable, "-c", KEEP]},
        {"kind": "command", "name": "gone", "command": ["no-such-program"]},
        {"kind": "command", "name": "other", "command": ["no-such-program"]},
    )
    first, second = send_test(settings, tmp_path, ["command", "gone"])
    assert first == {
        "channel": "command",
        "kind": "command",
        "arrived": True,
        "answer": f"{sys.executable} ended in order",
    }
    assert (second["arrived"], "cannot be started" in second["answer"]) == (False, True)
    got = json.loads((tmp_path / "got").read_text(encoding="utf-8"))
    assert (got["kind"], got["text"]) == (
        "test",
        "This is a test of the channel command of works. No machine sounds wrong.",
    )
