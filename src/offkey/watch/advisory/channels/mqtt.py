"""MQTT: alerts as JSON, states that are kept by the broker, and discovery by Home Assistant."""

from __future__ import annotations

import json
import math
import ssl
from contextlib import suppress
from random import SystemRandom
from threading import Event
from typing import Any, ClassVar
from urllib.parse import quote

from offkey.errors import check_installed
from offkey.watch.advisory.channels.base import Channel, LaterError, Retries, Site, as_json
from offkey.watch.advisory.channels.home_assistant import components, device
from offkey.watch.advisory.notice import Alert
from offkey.watch.advisory.settings import MqttSettings
from offkey.watch.clock import REAL
from offkey.watch.pauses import pauses

__all__ = ["MqttChannel"]

_KEEPALIVE_S = 30
_LONGEST_PAUSE_S = 60.0  # between two tries to connect
_ANSWER_S = 10.0
_GOODBYE_S = 2.0
_BIRTH_S = 5.0  # after Home Assistant has started, so that not all devices announce at once
_STATE_S = 10.0  # between states of a machine in which nothing but its score is new
_STATE = ("event", "level", "phase", "source", "fresh")  # of a machine, which is shown at once
_NUMBERS = ("score", "p_value", "window_end")  # which are shown with it
_RANDOM = SystemRandom()


class MqttChannel(Channel):
    """Keeps a connection to a broker, for ever; who subscribes later finds states and discovery there.

    Below the topic of the settings: ``status`` is ``online``, ``stopped`` after an orderly end, ``offline`` when the
    connection broke (last will); ``MACHINE/state`` the state of a machine as JSON; all these are retained.
    ``MACHINE/event`` and ``event`` get the alerts. Everything is sent at least once (QoS 1).

    Parameters
    ----------
    settings : MqttSettings
        The broker, and the topics.
    site : Site
        The plant.
    """

    retries: ClassVar[Retries] = Retries(pauses_s=(1, 2, 5, 15, 60), days=math.inf)

    def __init__(self, settings: MqttSettings, site: Site) -> None:
        check_installed("watch", "A channel of kind mqtt", "paho")
        self._settings, self._site, self._name = settings, site, f"{settings.broker.host}:{settings.broker.port}"
        self._password = None if settings.password is None else settings.password.read(site.folder)
        self._client: Any = None
        self._is_live, self._why = True, "it did not answer yet"
        self._tries = pauses(_LONGEST_PAUSE_S)
        self._answered = Event()  # whether the first try to connect came to something
        self._announce_at = math.inf  # on a clock that only goes forward
        self._announced: list[str] = []  # names of machines
        self._shown: dict[str, tuple[Any, float]] = {}  # of each machine: what was shown, and when

    def start(self, *, live: bool = True) -> None:
        """Connect in a thread of its own, as soon as the broker is there."""
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        settings, self._is_live = self._settings, live
        ident = f"offkey-{self._site.uuid}-{settings.title}" if live else ""
        client = Client(CallbackAPIVersion.VERSION2, client_id=ident)
        if live:
            client.will_set(self._topic("status"), "offline", qos=1, retain=True)
        if settings.username is not None:
            client.username_pw_set(settings.username, self._password)
        if settings.broker.tls:
            ca_file = None if settings.ca_file is None else str(self._site.folder / settings.ca_file)
            client.tls_set_context(ssl.create_default_context(cafile=ca_file))
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_connect_fail, client.on_message = self._on_connect_fail, self._on_message
        client.connect_async(settings.broker.host, settings.broker.port, _KEEPALIVE_S)
        client.loop_start()
        self._client = client

    def stop(self) -> None:
        """Say that the monitor has stopped, since a last will is not sent after an orderly end."""
        if self._is_live and self._client.is_connected():
            self._publish(self._topic("status"), "stopped", wait_s=_GOODBYE_S)
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, alert: Alert) -> str:
        """Publish an alert, and wait until the broker has it."""
        if not self._is_live:
            self._answered.wait(_ANSWER_S)
        self._check_connected()
        topic = self._topic(alert.machine, "event") if alert.machine else self._topic("event")
        if not self._publish(topic, as_json(alert), retain=False, wait_s=_ANSWER_S):
            raise LaterError(f"The broker {self._name} did not confirm within {_ANSWER_S:g} s.")
        return f"the broker {self._name} has it"

    def check(self) -> str:
        """Connect and log in."""
        self.start(live=False)
        try:
            self._answered.wait(_ANSWER_S)
            self._check_connected()
        finally:
            self.stop()
        return f"the broker {self._name} can be reached"

    def refresh(self) -> None:
        """Announce after a new connection and where machines came or went, and show states that are new."""
        if not self._client.is_connected():
            return
        now, rows = REAL.monotonic(), self._site.status()
        machines = [row["machine"] for row in rows]
        if now >= self._announce_at or machines != self._announced:
            self._announce_at, self._announced = math.inf, machines
            self._shown.clear()
            self._publish(self._topic("status"), "online")
            self._announce(machines)
        for row in rows:
            new = {key: row.get(key) for key in _STATE}
            shown, at = self._shown.get(row["machine"], (None, -math.inf))
            if new != shown or now - at >= _STATE_S:
                state = new | {key: row.get(key) for key in _NUMBERS}
                self._publish(self._topic(row["machine"], "state"), json.dumps(state))
                self._shown[row["machine"]] = new, now

    def _announce(self, machines: list[str]) -> None:
        """Publish the discovery, and take back what an earlier one announced and this does not."""
        prefix, uuid, memory = self._settings.discovery, self._site.uuid, self._site.memory
        key = f"{self._settings.title}: discovery"
        before = json.loads(memory.setting(key) or '{"topic": "", "platforms": {}}')
        topic = f"{prefix}/device/{uuid}/config" if prefix else ""
        states = [(machine, self._topic(machine, "state")) for machine in machines]
        entities = components(uuid, states) if prefix else {}
        if before["topic"] not in ("", topic):
            self._publish(before["topic"], "")  # an empty retained payload removes the device
        if topic:
            removed = {unique: platform for unique, platform in before["platforms"].items() if unique not in entities}
            payload = device(uuid, self._site.name, self._topic("status"), entities, removed)
            self._publish(topic, json.dumps(payload))
        after = {"topic": topic, "platforms": {unique: entity["platform"] for unique, entity in entities.items()}}
        if after != before:
            memory.set_setting(key, json.dumps(after))

    def _publish(self, topic: str, payload: str | bytes, *, retain: bool = True, wait_s: float = 0.0) -> bool:
        """Publish at least once; with `wait_s` return whether the broker confirmed within it."""
        info = self._client.publish(topic, payload, qos=1, retain=retain)
        if wait_s:
            with suppress(RuntimeError):  # the connection broke off since it was looked at
                info.wait_for_publish(wait_s)
        return info.rc == 0 and bool(info.is_published())

    def _topic(self, *parts: str) -> str:
        return "/".join([self._settings.topic, *(quote(part, safe="") for part in parts)])

    def _check_connected(self) -> None:
        if not self._client.is_connected():
            raise LaterError(f"The broker {self._name} is not connected: {self._why}.")

    def _on_connect(self, client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._why = f"it answered {str(reason).lower()!r}"
        else:
            self._why, self._announce_at = "", 0.0 if self._is_live else math.inf
            self._tries = pauses(_LONGEST_PAUSE_S)
            if self._is_live and self._settings.discovery:
                client.subscribe(f"{self._settings.discovery}/status", qos=1)
        self._answered.set()

    def _on_connect_fail(self, client: Any, _data: Any) -> None:
        self._why = "no connection could be made"
        self._pause(client)
        self._answered.set()

    def _on_disconnect(self, client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if not self._why:  # it was connected
            self._why = f"the connection broke off, {str(reason).lower()!r}"
        self._pause(client)

    def _pause(self, client: Any) -> None:
        """Let the client wait before its next try; its own pauses have no jitter."""
        pause_s = next(self._tries)
        client.reconnect_delay_set(pause_s, pause_s)

    def _on_message(self, _client: Any, _data: Any, message: Any) -> None:
        """Announce again a little after Home Assistant has started."""
        if message.payload == b"online":
            self._announce_at = min(self._announce_at, REAL.monotonic() + _RANDOM.uniform(0, _BIRTH_S))
