"""Messages of a plant: listed, tried out, and sent by a monitor that says good-bye."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.brokers import Broker, Listener

from offkey.watch.findings import Findings
from offkey.watch.rows import Message
from offkey.watch.store.store import Store

WriteFile = Callable[[str], Path]
CHANNEL = (
    '[[notify]]\nkind = "command"\ncommand = ["{python}", "-c", "import sys; sys.exit({status})"]\nname = "{name}"\n'
)


@pytest.fixture
def plant(tmp_path: Path, model_file: Path) -> WriteFile:
    """Return a function: tables of channels to the file of a plant."""

    def write(text: str) -> Path:
        path = tmp_path / "plant.toml"
        source = '{ kind = "stdin", rate = 16000 }'
        path.write_text(f'{text}\n[[machine]]\nname = "pump 7"\nmodel = "{model_file}"\nsource = {source}\n')
        return path

    return write


def _channel(name: str, status: int) -> str:
    return CHANNEL.format(python=sys.executable, status=status, name=name)


def test_a_test_alert_says_what_came_of_it_on_each_channel(run, plant: WriteFile) -> None:
    path = plant(_channel("works", 0) + _channel("fails", 3))
    ran = run("watch", "test-alert", path, "--json")
    found = {row["channel"]: (row["arrived"], row["answer"]) for row in ran.json["channels"]}
    assert found["works"] == (True, f"{sys.executable} ended in order")
    assert found["fails"] == (False, f"{sys.executable} ended with status 3: it wrote no error.")
    assert (ran.status, ran.err) == (1, "offkey: 1 of 2 channels did not take the test message.\n")
    ran = run("watch", "test-alert", path, "--channel", "works")
    assert (ran.status, "fails" in ran.out) == (0, False)
    ran = run("watch", "test-alert", path, "--channel", "none")
    assert (ran.status, "has no channel 'none': it has works, fails." in ran.err) == (2, True)
    assert "has no channel: add [[notify]] to it" in run("watch", "test-alert", plant("")).err
    assert not path.with_name("plant.db").exists()


def test_a_check_names_channels_that_cannot_be_used(run, plant: WriteFile) -> None:
    ran = run("watch", "check", plant(_channel("works", 0) + '[[notify]]\nkind = "command"\ncommand = ["no-such"]\n'))
    assert (ran.status, ran.err) == (0, "note: Channel command: There is no program no-such.\n")
    ran = run("watch", "check", plant(_channel("works", 0)), "--json")
    assert ran.json["channels"] == [{"channel": "works", "problem": None}]


def test_messages_are_listed_with_why_they_were_held_back(run, plant: WriteFile, monkeypatch) -> None:
    path = plant("")
    payload = {"machine": "pump 7", "level": "warning"}
    held = Message("1", "email", "new", payload, 0.0, 0.0, "1", status="held", reason="quiet hours")
    with closing(Store(path.with_name("plant.db"))) as store:
        store.write(Findings(messages=[held, Message("2", "email", "new", payload, 1.0, 1.0, "2")]))
    ran = run("watch", "messages", path, "--status", "held", "--json")
    assert [(row["id"], row["reason"]) for row in ran.json["messages"]] == [("1", "quiet hours")]
    monkeypatch.setenv("COLUMNS", "200")
    ran = run("watch", "messages", path)
    assert ("quiet hours" in ran.out, "pending" in ran.out) == (True, True)
    assert run("watch", "messages", path, "--status", "sent").err == "There are no messages.\n"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    one = Broker(tmp_path)
    yield one
    one.kill()


def test_a_monitor_that_is_stopped_in_order_says_so(plant: WriteFile, broker: Broker) -> None:
    path = plant(f'[[notify]]\nkind = "mqtt"\nbroker = "{broker.address}"\n')
    command = [sys.executable, "-m", "offkey", "watch", path, "--port", "0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        broker.start()
        listener = Listener(broker.port)
        listener.wait(lambda: listener.newest("offkey/pump%207/state") is not None)
        assert listener.newest("offkey/status") == b"online"
        state = json.loads(listener.newest("offkey/pump%207/state") or b"")
        assert (state["phase"], state["event"]) == ("shadow", False)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        listener.wait(lambda: listener.newest("offkey/status") == b"stopped")
        listener.close()
        assert process.stderr is not None
        said = process.stderr.read().decode()
    assert not re.search("Traceback|Error", said), said


def test_sighup_changes_channels_and_a_secret_that_is_missing_changes_nothing(plant: WriteFile, broker: Broker) -> None:
    channel = f'[[notify]]\nkind = "mqtt"\nbroker = "{broker.address}"\n'
    path = plant(channel)
    broker.start()
    listener = Listener(broker.port)
    command = [sys.executable, "-m", "offkey", "watch", path, "--port", "0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        listener.wait(lambda: listener.newest("offkey/status") == b"online")
        plant(f'{channel}username = "me"\npassword = {{ file = "none" }}\n')
        process.send_signal(signal.SIGHUP)
        while b"The settings stay as they were: The file" not in (line := process.stderr.readline()):
            assert line
        plant(f'{channel}topic = "hall/2"\n')
        process.send_signal(signal.SIGHUP)
        listener.wait(lambda: listener.newest("hall/2/status") == b"online")
        assert listener.newest("offkey/status") == b"stopped"
        process.terminate()
        assert process.wait(60) == 0
    listener.wait(lambda: listener.newest("hall/2/status") == b"stopped")
    listener.close()
