"""Delivery: at least once, whatever dies, and in the order of each event."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from offkey.errors import OffkeyError, UsageError
from offkey.watch.advisory.channels.base import Channel, LaterError, RefusedError
from offkey.watch.advisory.delivery import Courier, Delivery
from offkey.watch.advisory.notice import Alert
from offkey.watch.advisory.settings import CommandSettings
from offkey.watch.clock import MovedClock
from offkey.watch.findings import Findings
from offkey.watch.rows import Message
from offkey.watch.store.store import Store

DAY = 86_400.0


class Scripted(Channel):
    """Fails as the test says, and keeps what it sent."""

    def __init__(self) -> None:
        self.failures: dict[str, list[OffkeyError]] = {}
        self.sent: list[str] = []
        self.steps: list[str] = []

    def send(self, alert: Alert) -> str:
        if errors := self.failures.get(alert.key):
            raise errors.pop(0)
        self.sent.append(alert.key)
        return ""

    def check(self) -> str:
        return ""

    def start(self, *, live: bool = True) -> None:
        self.steps.append(f"start {live}")

    def refresh(self) -> None:
        self.steps.append("refresh")

    def stop(self) -> None:
        self.steps.append("stop")


class Shortest(random.Random):
    """Draws the shortest pause each time."""

    def uniform(self, a: float, b: float) -> float:
        return min(a, b)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def channel() -> Scripted:
    return Scripted()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def courier(store: Store, channel: Scripted, clock: MovedClock, said: list[str]) -> Courier:
    return Courier("hook", channel, store.outbox, said.append, clock=clock, randomness=Shortest())


@pytest.fixture
def post(store: Store, clock: MovedClock, alert: Callable[..., Alert]) -> Callable[..., None]:
    """Return a function: identities of events, each with a number, to pending messages."""

    def write(*keys: str) -> None:
        messages = []
        for key in keys:
            event, _, seq = key.partition("-")
            payload = alert(id=event, seq=int(seq)).payload()
            now = clock.utc()
            messages.append(Message(f"id {key}", "hook", "new", payload, now, now, f"hook {key}", event))
        store.write(Findings(messages=messages))

    return write


def _statuses(store: Store) -> dict[str, str]:
    return {row["key"].removeprefix("hook "): row["status"] for row in store.outbox.messages()}


def test_an_event_is_sent_in_order_while_others_go_on(courier: Courier, channel: Scripted, clock, post) -> None:
    post("a-1", "b-1", "a-2", "b-2")
    channel.failures = {"a-1": [LaterError("busy"), LaterError("busy")]}
    for _ in range(3):
        courier.deliver()
    assert channel.sent == ["b-1", "b-2"]
    clock.move(1)
    courier.deliver()
    clock.move(4.9)
    courier.deliver()
    assert channel.sent == ["b-1", "b-2"]
    clock.move(0.2)
    courier.deliver()
    assert channel.sent == ["b-1", "b-2", "a-1", "a-2"]
    courier.deliver()
    assert len(channel.sent) == 4


def test_what_failed_together_does_not_come_back_together(store: Store, channel: Scripted, clock, post) -> None:
    def pauses(seed: int) -> list[float]:
        key = f"e{seed}{len(channel.failures)}-1"
        post(key)
        channel.failures[key] = [LaterError("busy"), LaterError("busy"), LaterError("busy", after_s=60)]
        courier = Courier("hook", channel, store.outbox, print, clock=clock, randomness=random.Random(seed))  # noqa: S311
        found = []
        for _ in range(3):
            courier.deliver()
            (row,) = store.outbox.pending("hook")
            found.append(row["due"] - clock.utc())
            clock.move(found[-1] + 0.001)
        courier.deliver()
        return found

    first, again, other = pauses(1), pauses(1), pauses(2)
    assert first == pytest.approx(again, abs=1e-5)
    assert all(abs(a - b) > 1e-3 for a, b in zip(first, other, strict=True))
    for found in (first, other):
        assert all(low <= pause <= 1.2 * low for low, pause in zip((1, 5, 60), found, strict=True))


def test_a_receiver_that_wants_to_be_left_alone_is(courier: Courier, channel: Scripted, clock, post) -> None:
    post("a-1")
    channel.failures = {"a-1": [LaterError("busy", after_s=500)]}
    courier.deliver()
    clock.move(499)
    assert courier.deliver() == 0
    clock.move(2)
    assert courier.deliver() == 1


def test_a_message_is_tried_for_seven_days(courier: Courier, channel: Scripted, clock, post, store, said) -> None:
    post("a-1", "a-2")
    channel.failures = {"a-1": [LaterError("No answer.")] * 1000}
    for _ in range(7 * 24 + 2):
        courier.deliver()
        clock.move(3600)
    courier.deliver()
    assert _statuses(store) == {"a-1": "failed", "a-2": "sent"}
    assert said == [
        "channel hook: No answer. It is tried again.",
        "channel hook: a message about pump is lost: No answer. It was tried for 7 days.",
        "channel hook: works again",
    ]


def test_a_message_of_another_form_is_given_up_and_holds_up_no_other(courier: Courier, channel, post, store) -> None:
    store.write(Findings(messages=[Message("id old-1", "hook", "new", {"id": "old"}, 0.0, 0.0, "hook old-1", "old")]))
    post("a-1")
    assert courier.deliver() == 1
    assert _statuses(store) == {"old-1": "failed", "a-1": "sent"}


def test_a_message_that_is_refused_is_given_up_and_said(courier: Courier, channel: Scripted, post, store, said) -> None:
    post("a-1", "a-2")
    channel.failures = {"a-1": [RefusedError("It answered 404.")]}
    assert courier.deliver() == 1
    assert _statuses(store) == {"a-1": "failed", "a-2": "sent"}
    assert said == ["channel hook: a message about pump is lost: It answered 404."]


def _horn(name: str, *command: str) -> CommandSettings:
    return CommandSettings(kind="command", name=name, command=list(command) or ["true"])


def test_delivery_runs_until_it_is_stopped_and_tries_once_more(store: Store, channel: Scripted, clock, post) -> None:
    with Delivery([_horn("hook")], lambda _settings: channel, store.outbox, print, clock=clock):
        post("a-1")
    assert channel.sent == ["a-1"]
    assert (channel.steps[0], channel.steps[-1]) == ("start True", "stop")


def test_channels_change_while_others_go_on(store: Store, clock, post) -> None:
    made: list[tuple[str, Scripted]] = []

    def make(settings: CommandSettings) -> Scripted:
        if settings.command == ["wrong"]:
            raise UsageError("There is no such program.")
        made.append((settings.title, Scripted()))
        return made[-1][1]

    first = [_horn("stays"), _horn("hook"), _horn("goes")]
    with Delivery(first, make, store.outbox, print, clock=clock) as delivery:
        with pytest.raises(UsageError):
            delivery.check([_horn("stays", "wrong")])
        with pytest.raises(UsageError):
            delivery.change([_horn("stays", "wrong")])
        delivery.change([_horn("stays"), _horn("hook", "other"), _horn("comes")])
        while "stop" not in made[1][1].steps:  # it ends with a last try, which would send what comes now
            time.sleep(0.01)
        post("a-1")
    assert [title for title, _ in made] == ["stays", "hook", "goes", "hook", "comes"]
    stays, before, goes, after, comes = (one for _, one in made)
    assert (before.sent, after.sent) == ([], ["a-1"])
    for one in (stays, before, goes, after, comes):
        assert (one.steps[0], one.steps[-1], one.steps.count("stop")) == ("start True", "stop", 1)


def test_messages_of_a_channel_that_is_gone_are_given_up(store: Store, channel: Scripted, clock, post) -> None:
    post("a-1")
    with Delivery([_horn("other")], lambda _settings: channel, store.outbox, print, clock=clock):
        pass
    ((status, error),) = [(row["status"], row["error"]) for row in store.outbox.messages()]
    assert (status, error) == ("failed", "This channel is no longer in the file of the plant.")


def test_a_channel_that_breaks_in_an_unknown_way_is_tried_again(
    courier: Courier, channel: Scripted, post, said
) -> None:
    post("a-1")
    channel.failures = {"a-1": [ValueError("what is this")]}  # type: ignore[list-item]
    courier.deliver()
    assert said == ["channel hook: ValueError: what is this. It is tried again."]


CHILD = """
import os, signal, sys
from pathlib import Path
from threading import Event
from offkey.watch.advisory.channels.base import Channel
from offkey.watch.advisory.delivery import Courier
from offkey.watch.clock import MovedClock
from offkey.watch.store.store import Store

class Dying(Channel):
    # Writes what it sent, and dies before that is marked, whenever a file says so.
    def send(self, alert):
        with open("sent", "a") as file:
            file.write(alert.key + chr(10))
            file.flush()
            os.fsync(file.fileno())
        if not Path(f"died {alert.key}").exists():
            Path(f"died {alert.key}").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return ""

    def check(self):
        return ""

store = Store(Path("plant.db"))
Courier("hook", Dying(), store.outbox, print, clock=MovedClock()).deliver()
store.close()
"""


def test_a_kill_between_sending_and_marking_sends_again_and_loses_nothing(store: Store, post, tmp_path: Path) -> None:
    keys = ["a-1", "b-1", "a-2"]
    post(*keys)
    ends = []
    for _ in range(len(keys) + 1):
        done = subprocess.run([sys.executable, "-c", CHILD], cwd=tmp_path, capture_output=True, text=True, check=False)
        ends.append(done.returncode)
    assert ends == [-signal.SIGKILL] * len(keys) + [0]
    assert _statuses(store) == dict.fromkeys(keys, "sent")
    sent = (tmp_path / "sent").read_text(encoding="utf-8").split()
    assert sorted(set(sent)) == sorted(keys)
    assert sent == ["a-1", "a-1", "b-1", "b-1", "a-2", "a-2"]


WRITER = """
import itertools, json, sys
from pathlib import Path
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.rows import Message
from offkey.watch.store.store import Store

store, payload = Store(Path("plant.db")), json.loads(sys.argv[1])
print("ready", flush=True)
for number in itertools.count(int(sys.argv[2])):
    event = f"e{number}"
    change = Change(event, "pump", "new", "fast", 1.0, 1.0, None, 2.0, "m")
    message = Message(event, "hook", "new", {**payload, "id": event}, 1.0, 1.0, f"hook {event}-1", event)
    store.write(Findings([change], messages=[message]))
"""


def test_an_event_and_its_message_are_kept_together_whenever_the_writer_is_killed(
    store: Store, tmp_path: Path, alert, channel: Scripted, courier: Courier
) -> None:
    payload = json.dumps(alert().payload())
    for turn in range(4):
        command = [sys.executable, "-c", WRITER, payload, str(10_000 * turn)]
        with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            before = len(store.events(limit=100_000))
            while len(store.events(limit=100_000)) < before + 3 + turn:
                pass
            child.kill()
    events: list[dict[str, Any]] = store.events(limit=100_000)
    messages = store.outbox.messages(limit=100_000)
    assert {row["event"] for row in messages} == {row["event"] for row in events}
    assert courier.deliver() == len(events) >= 3 + 4 + 5 + 6
    assert {row["status"] for row in store.outbox.messages(limit=100_000)} == {"sent"}
