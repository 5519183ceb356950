"""Changes, states and time become messages, each with its cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from tests.watch.advisory.conftest import NOON

from offkey.watch.acquisition.states import SourceStates
from offkey.watch.advisory.advisory import Advisory
from offkey.watch.advisory.notice import Alert
from offkey.watch.health.events import Change
from offkey.watch.rows import Message, StateChange
from offkey.watch.settings import PlantSettings
from offkey.watch.store.keeper import Room

MQTT = {"kind": "mqtt", "broker": "broker"}
COMMAND = {"kind": "command", "command": ["true"]}
HOUR = 3600.0


@pytest.fixture
def plant() -> Callable[..., PlantSettings]:
    """Return a function: channels and further tables to the settings of a plant with a pump."""

    def make(*channels: dict[str, Any], **tables: Any) -> PlantSettings:
        pump = {"name": "pump", "model": "m", "source": {"kind": "folder", "path": "p"}}
        site = {"name": "works", "zone": "Europe/Berlin"}
        return PlantSettings.model_validate({"plant": site, "machine": [pump], "notify": list(channels), **tables})

    return make


def _words(change: Change) -> str:
    return f"It sounds wrong by {change.peak:g}."


def _change(kind: Any, peak: float = 3.0, event: str = "e1", **fields: Any) -> Change:
    ended = NOON if kind == "end" else None
    return Change(event, "pump", kind, "fast", NOON, NOON, ended, peak, "abc every 1 s", **fields)


def _brief(messages: list[Message]) -> list[tuple[str, str, int, str]]:
    return [(one.channel, one.kind, one.payload["seq"], one.reason or one.status) for one in messages]


def test_alerts_of_an_event_rise_in_number_for_all_channels_alike(plant) -> None:
    advisory = Advisory(plant(MQTT, COMMAND), _words)
    found = []
    for second, change in enumerate(
        [_change("new"), _change("update", 4), _change("update", 9, level="alarm"), _change("end", 9)]
    ):
        found += advisory.take([change], [], NOON + second)
    assert _brief(found) == [
        ("mqtt", "new", 1, "pending"),
        ("command", "new", 1, "pending"),
        ("mqtt", "update", 2, "pending"),
        ("mqtt", "update", 3, "pending"),
        ("command", "update", 3, "pending"),
        ("mqtt", "end", 4, "pending"),
        ("command", "end", 4, "pending"),
    ]
    assert len({one.key for one in found}) == len({one.id for one in found}) == 7


def test_an_alert_has_identity_number_level_link_and_model(plant) -> None:
    advisory = Advisory(plant(MQTT, messages={"link": "https://works.example/offkey/"}), _words)
    (message,) = advisory.take([_change("new", state="full load")], [], NOON + 1)
    assert Alert(**message.payload) == Alert(
        id="e1",
        seq=1,
        kind="new",
        machine="pump",
        level="warning",
        at=NOON,
        began=NOON,
        ended=None,
        text="It sounds wrong by 3.",
        scope="machine",
        model="abc",
        link="https://works.example/offkey/event?event=e1",
        details={"path": "fast", "peak": 3.0, "state": "full load", "area": None},
    )
    assert (message.key, message.event, message.created, message.due) == ("mqtt e1-1", "e1", NOON + 1, NOON + 1)


def test_the_first_message_to_people_waits_a_little_for_the_explanation(plant) -> None:
    advisory = Advisory(plant(COMMAND, MQTT), _words)
    due = {one.channel: one.due - NOON for one in advisory.take([_change("new")], [], NOON)}
    assert due == {"command": 10.0, "mqtt": 0.0}
    (worse, _) = advisory.take([_change("update", level="alarm")], [], NOON)
    assert (worse.channel, worse.due) == ("command", NOON)


def test_what_is_held_back_is_kept_with_its_reason_and_stands_in_the_digest(plant) -> None:
    advisory = Advisory(plant(COMMAND, quiet={"from": "22:00", "to": "06:00"}), _words)
    night = NOON + 10 * HOUR
    found = advisory.take([_change("new")], [], night) + advisory.take([_change("end")], [], night + 60)
    assert _brief(found) == [("command", "new", 1, "quiet hours"), ("command", "end", 2, "quiet hours")]
    assert {one.status for one in found} == {"held"}
    assert advisory.tick(night + 7 * HOUR) == []  # 6:00, and the digest comes at 7:00
    (digest,) = advisory.tick(night + 8 * HOUR)
    assert (digest.kind, digest.event, digest.status) == ("digest", "digest-2027-01-16", "pending")
    assert "(quiet hours): It sounds wrong by 3." in digest.payload["text"]
    assert advisory.tick(night + 9 * HOUR) == []


def test_trouble_of_a_source_is_told_like_an_event(plant) -> None:
    advisory = Advisory(plant(COMMAND), _words)
    assert advisory.take([], [StateChange("pump", NOON, "stalled", "No sound came.")], NOON) == []
    (begin,) = advisory.tick(NOON + 30)
    assert begin.payload["text"] == "No sound can be judged: the source is stalled: No sound came."
    advisory.take([], [StateChange("pump", NOON + 60, "healthy", "")], NOON + 60)
    (end,) = advisory.tick(NOON + 60 + 900)
    assert (end.kind, end.event, end.payload["seq"]) == ("end", begin.event, 2)


def test_a_disk_that_fills_is_a_message_about_the_plant_and_an_all_clear(plant) -> None:
    advisory = Advisory(plant(COMMAND, MQTT, messages={"link": "https://works.example"}), _words)
    begin = advisory.take_room(Room(1, "900 MB are free."), NOON)
    assert _brief(begin) == [("command", "new", 1, "pending"), ("mqtt", "new", 1, "pending")]
    first = Alert.of(begin[0].payload)
    assert (first.title, first.text, first.link) == (
        "disk: warning",
        "900 MB are free.",
        "https://works.example/system",
    )
    end = advisory.take_room(Room(0, "There is room again."), NOON + 60)
    assert _brief(end) == [("command", "end", 2, "pending"), ("mqtt", "end", 2, "pending")]


def test_an_event_that_ends_because_nobody_listens_is_not_called_over(plant) -> None:
    advisory = Advisory(plant(COMMAND), _words)
    advisory.take([_change("new")], [], NOON)
    (end,) = advisory.take([_change("end")], [], NOON + 1, is_cut_off=True)
    assert end.payload["text"] == "Nobody listens to this machine any more, so it is not known whether this is over."


def test_an_advisory_goes_on_where_another_one_stopped(plant) -> None:
    settings = plant(COMMAND, MQTT)
    first = Advisory(settings, _words)
    earlier = first.take([_change("new")], [StateChange("pump", NOON, "stalled", "")], NOON) + first.tick(NOON + 30)
    earlier += first.take([_change("new", event="e2")], [], NOON + 31)
    later = Advisory(settings, _words, map(asdict, earlier), NOON + 60)
    assert _brief(later.take([_change("update", 4)], [], NOON + 61)) == [("mqtt", "update", 2, "pending")]
    assert _brief(later.take([_change("end", 4)], [], NOON + 62)) == [
        ("command", "end", 3, "pending"),
        ("mqtt", "end", 3, "pending"),
    ]
    later.take([], [StateChange("pump", NOON + 70, "healthy", "")], NOON + 70)
    kinds = [(one.channel, one.kind, one.event) for one in later.tick(NOON + 1000)]
    assert ("command", "end", earlier[2].event) in kinds
    assert ("command", "new", "e2") in kinds  # which a cool-down held back
    digest = later.tick(NOON + 24 * HOUR)
    assert not [one for one in digest if one.kind == "digest"]


def test_what_another_version_wrote_in_another_form_counts_as_not_sent(plant) -> None:
    settings = plant(COMMAND)
    (message,) = Advisory(settings, _words).take([_change("new")], [], NOON)
    kept, older = asdict(message), dict(message.payload)
    del older["model"]
    forms = [older, {}, message.payload | {"level": "severe"}, message.payload | {"details": None}]
    later = Advisory(settings, _words, [kept | {"payload": form} for form in forms], NOON + 60)
    assert later.unread == 4
    assert _brief(later.take([_change("update")], [], NOON + 61)) == [("command", "new", 1, "pending")]
    newer = [kept | {"payload": message.payload | {"colour": "red"}}]
    assert Advisory(settings, _words, newer, NOON + 60).take([_change("update")], [], NOON + 61) == []


def test_what_people_acknowledge_and_shelve_is_followed(plant) -> None:
    advisory = Advisory(plant(COMMAND, messages={"remind_after_s": 60.0}), _words)
    advisory.take([_change("new")], [], NOON)
    act = {"event": None, "machine": "pump", "until": NOON + 500, "at": NOON}
    advisory.take_acts([{**act, "seq": 3, "what": "acknowledge", "event": "e1"}, {**act, "seq": 4, "what": "shelve"}])
    assert advisory.acts_known == 4
    assert advisory.tick(NOON + 100) == []
    assert _brief(advisory.take([_change("new", event="e2", level="alarm")], [], NOON + 100)) == [
        ("command", "new", 1, "shelved")
    ]
    advisory.take_acts([{**act, "seq": 5, "what": "unshelve"}])
    assert _brief(advisory.tick(NOON + 101)) == [("command", "new", 2, "pending")]


def test_a_link_that_toggles_twenty_times_is_one_message_and_an_all_clear(plant) -> None:
    advisory, states = Advisory(plant(COMMAND), _words), SourceStates(stalled_after_s=30.0)
    found, known, sound = [], "", np.array([[0.1], [-0.1]] * 8, np.float32)
    for second in range(4000):
        toggle, rest = divmod(second, 60)
        if toggle < 20 and rest == 0 and second:
            states.lost("It broke off.", float(second))
        elif rest >= 5 or toggle >= 20:
            states.received(sound, 16, float(second))
        state = states.state(float(second))
        changes = [StateChange("pump", NOON + second, state, "")] if state != known else []
        known = state
        found += advisory.take([], changes, NOON + second) + advisory.tick(NOON + second)
    assert [(one.kind, one.status) for one in found] == [("new", "pending"), ("end", "pending")]
    assert "flapping" in found[0].payload["text"]
