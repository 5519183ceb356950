"""MQTT against a real broker, which may be there later, or come back without memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import Any

import pytest
from tests.brokers import Broker, Listener
from tests.watch.advisory.channels.conftest import UUID

from offkey.watch.advisory.channels import mqtt
from offkey.watch.advisory.channels.base import LaterError, Site
from offkey.watch.advisory.channels.mqtt import MqttChannel
from offkey.watch.advisory.settings import MqttSettings
from offkey.watch.pauses import pauses

Open = Callable[..., MqttChannel]
DISCOVERY = f"homeassistant/device/{UUID}/config"
STATE = "offkey/pump%207/state"


class Running:
    """A channel whose courier is a thread that does nothing but refresh."""

    def __init__(self, channel: MqttChannel) -> None:
        self.channel, self._stopping = channel, Event()
        channel.start()
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopping.wait(0.05):
            self.channel.refresh()

    def stop(self) -> None:
        if not self._stopping.is_set():
            self._stopping.set()
            self._thread.join()
            self.channel.stop()


@pytest.fixture
def channel(site: Site, broker: Broker) -> Callable[..., MqttChannel]:
    """Return a function: further fields of the settings to a channel."""

    def make(**fields: Any) -> MqttChannel:
        given = {"kind": "mqtt", "broker": broker.address, **fields}
        return MqttChannel(MqttSettings.model_validate(given), site)

    return make


@pytest.fixture
def run(channel: Open) -> Iterator[Callable[..., Running]]:
    """Return a function: further fields of the settings to a channel that runs, stopped in the end."""
    opened: list[Running] = []

    def make(**fields: Any) -> Running:
        opened.append(Running(channel(**fields)))
        return opened[-1]

    yield make
    for one in opened:
        one.stop()


def _is(listener: Listener, topic: str, payload: bytes) -> Callable[[], bool]:
    return lambda: listener.newest(topic) == payload


def _components(listener: Listener) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(listener.newest(DISCOVERY) or b"")["components"]
    return found


def test_a_broker_that_starts_later_gets_all_that_is_announced(run, broker: Broker, listen, alert) -> None:
    running = run()
    with pytest.raises(LaterError, match=rf"The broker {broker.address} is not connected: "):
        running.channel.send(alert())
    broker.start()
    listener = listen(broker.port)
    listener.wait(lambda: listener.newest(STATE) is not None and listener.newest(DISCOVERY) is not None)
    listener.wait(_is(listener, "offkey/status", b"online"))
    assert running.channel.send(alert(machine="pump 7")) == f"the broker {broker.address} has it"
    listener.wait(lambda: listener.newest("offkey/pump%207/event") is not None)
    found = json.loads(listener.newest("offkey/pump%207/event") or b"")
    assert {key: found[key] for key in ("id", "seq", "kind", "level", "model", "link")} == {
        "id": "e1",
        "seq": 1,
        "kind": "new",
        "level": "warning",
        "model": "abc",
        "link": None,
    }


def test_a_broker_that_is_not_there_is_tried_for_ever_with_pauses_of_jitter(channel, monkeypatch) -> None:
    taken: list[float] = []
    enough = Event()

    def short(longest_s: float) -> Iterator[float]:
        for pause in pauses(longest_s):
            taken.append(pause)
            if len(taken) == 12:
                enough.set()
            yield pause / 1000

    monkeypatch.setattr(mqtt, "pauses", short)
    one = channel()
    one.start()
    try:
        assert enough.wait(60)
    finally:
        one.stop()
    longest = [1, 2, 4, 8, 16, 32, *[60] * 6]
    assert all(most / 2 <= pause <= most for pause, most in zip(taken, longest, strict=False))
    assert len(set(taken)) == len(taken)


def test_every_connect_announces_also_to_a_broker_that_forgot_all(run, broker: Broker, listen) -> None:
    broker.start()
    run()
    first = listen(broker.port)
    first.wait(_is(first, "offkey/status", b"online"))
    broker.kill()
    broker.start()
    second = listen(broker.port)
    for topic in ("offkey/status", DISCOVERY, STATE):
        second.wait(lambda topic=topic: second.newest(topic) is not None)
    assert second.newest("offkey/status") == b"online"


def test_states_status_and_discovery_are_retained_for_those_who_come_later(run, broker: Broker, listen, rows) -> None:
    broker.start()
    run()
    first = listen(broker.port)
    first.wait(lambda: first.newest(STATE) is not None)
    rows[0] |= {"event": True, "level": "alarm", "score": 9.5}
    first.wait(lambda: json.loads(first.newest(STATE) or b"{}").get("level") == "alarm")
    later = listen(broker.port)
    for topic in ("offkey/status", DISCOVERY, STATE):
        later.wait(lambda topic=topic: later.newest(topic) is not None)
    assert {topic for topic, _, retain in later.messages if retain} == {"offkey/status", DISCOVERY, STATE}
    assert json.loads(later.newest(STATE) or b"")["score"] == 9.5


def test_announcements_come_again_a_little_after_home_assistant_starts(
    run, broker: Broker, listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "_BIRTH_S", 0.2)
    broker.start()
    run()
    listener = listen(broker.port)
    listener.wait(lambda: listener.newest(DISCOVERY) is not None)

    def announced() -> int:
        return sum(topic == DISCOVERY for topic, _, _ in listener.messages)

    before = announced()
    listener.publish("homeassistant/status", "offline")
    listener.publish("homeassistant/status", "online")
    listener.wait(lambda: announced() == before + 1)


def test_a_connection_that_breaks_off_leaves_offline_and_an_orderly_stop_leaves_stopped(
    run, broker: Broker, listen
) -> None:
    broker.start()
    running = run()
    listener = listen(broker.port)
    listener.wait(_is(listener, "offkey/status", b"online"))
    running.channel._client.socket().shutdown(2)  # as a cable that is pulled
    listener.wait(lambda: ("offkey/status", b"offline") in [one[:2] for one in listener.messages])
    listener.wait(_is(listener, "offkey/status", b"online"))
    running.stop()
    listener.wait(_is(listener, "offkey/status", b"stopped"))


def test_home_assistant_finds_one_device_with_unique_ids_that_stay(run, broker: Broker, listen, rows) -> None:
    broker.start()
    run()
    listener = listen(broker.port)
    listener.wait(lambda: listener.newest(DISCOVERY) is not None)
    found = json.loads(listener.newest(DISCOVERY) or b"")
    assert found["device"]["identifiers"] == [UUID]
    assert found["device"]["name"] == "works"
    assert found["origin"]["name"] == "offkey"
    assert found["availability"][0]["topic"] == "offkey/status"
    entities = found["components"]
    assert len(entities) == 4
    for unique, entity in entities.items():
        assert entity["unique_id"] == unique
        assert unique.startswith(f"{UUID}_")
        assert entity["state_topic"] == STATE
        assert entity["platform"] in ("binary_sensor", "sensor")
        assert "value_json." in entity["value_template"]


def test_what_is_gone_is_taken_back(run, site: Site, broker: Broker, listen, rows) -> None:
    broker.start()
    rows.append({**rows[0], "machine": "fan"})
    run().stop()
    one = run()
    listener = listen(broker.port)
    listener.wait(lambda: listener.newest("offkey/fan/state") is not None)
    one.stop()
    rows.pop()
    two = run()
    listener.wait(lambda: {"platform": "sensor"} in _components(listener).values())
    assert len(_components(listener)) == 8
    two.stop()
    run(discovery="")
    listener.wait(_is(listener, DISCOVERY, b""))
    later = listen(broker.port)
    later.wait(_is(later, "offkey/status", b"online"))
    assert later.newest(DISCOVERY) is None


def test_a_machine_that_comes_is_announced_without_a_new_connection(run, broker: Broker, listen, rows) -> None:
    broker.start()
    run()
    listener = listen(broker.port)
    listener.wait(lambda: listener.newest(DISCOVERY) is not None)
    rows.append({**rows[0], "machine": "fan"})
    listener.wait(lambda: len(_components(listener)) == 8)
    listener.wait(lambda: listener.newest("offkey/fan/state") is not None)


def test_a_check_says_nothing_and_disturbs_no_monitor(run, channel: Open, broker: Broker, listen) -> None:
    broker.start()
    run()
    listener = listen(broker.port)
    listener.wait(_is(listener, "offkey/status", b"online"))
    listener.wait(lambda: listener.newest(STATE) is not None)
    assert channel().check() == f"the broker {broker.address} can be reached"
    statuses = [payload for topic, payload, _ in listener.messages if topic == "offkey/status"]
    assert set(statuses) == {b"online"}


def test_a_broker_that_refuses_says_why(channel: Open, broker: Broker) -> None:
    with pytest.raises(LaterError, match="is not connected: no connection could be made"):
        channel().check()
    broker.start("allow_anonymous false")
    with pytest.raises(LaterError, match="is not connected: it answered 'not authorized'"):
        channel().check()
