"""One message an episode, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.watch.advisory.conftest import NOON

from offkey.watch.advisory.holds import Holds
from offkey.watch.advisory.notice import Notice
from offkey.watch.advisory.policy import Decision, Policy
from offkey.watch.advisory.settings import CommandSettings, MessageSettings, QuietSettings

HOUR = 3600.0
MakeNotice = Callable[..., Notice]


@pytest.fixture
def holds() -> Holds:
    return Holds()


@pytest.fixture
def policy(holds: Holds) -> Callable[..., Policy]:
    """Return a function: settings of the channel, of quiet hours and of messages to a policy."""

    def make(channel: dict[str, Any] | None = None, quiet: dict[str, Any] | None = None, **messages: Any) -> Policy:
        settings = CommandSettings(kind="command", command=["true"], **channel or {})
        hours = None if quiet is None else QuietSettings.model_validate(quiet)
        return Policy(settings, MessageSettings(**messages), hours, ZoneInfo("Europe/Berlin"), holds)

    return make


def _brief(decisions: list[Decision]) -> list[str]:
    return [f"{one.kind} {one.notice.level}{one.held and ': '}{one.held}" for one in decisions]


def test_an_episode_is_one_message_and_an_all_clear(policy, notice: MakeNotice) -> None:
    one = policy()
    sent = one.take(notice(), NOON)
    for minute in range(1, 60):
        sent += one.take(notice("update"), NOON + 60 * minute) + one.tick(NOON + 60 * minute)
    sent += one.take(notice("end"), NOON + HOUR)
    assert _brief(sent) == ["new warning", "end warning"]
    assert one.tick(NOON + 100 * HOUR) == []


def test_a_rise_of_the_level_is_sent_at_once_and_a_fall_is_not(policy, notice: MakeNotice) -> None:
    one = policy(machine_an_hour=1)
    sent = one.take(notice(), NOON) + one.take(notice("update", "alarm"), NOON + 1)
    sent += one.take(notice("update", "warning"), NOON + 2) + one.take(notice("update", "alarm"), NOON + 3)
    sent += one.take(notice("end", "watch"), NOON + 4)
    assert _brief(sent) == ["new warning", "update alarm", "end alarm"]


def test_reminders_come_until_somebody_acknowledges(policy, notice: MakeNotice, holds: Holds) -> None:
    one = policy(remind_after_s=HOUR)
    sent = one.take(notice(), NOON)
    for minute in range(1, 150):
        sent += one.tick(NOON + 60 * minute)
    assert _brief(sent) == ["new warning", "reminder warning", "reminder warning"]
    holds.acknowledge("e1")
    assert one.tick(NOON + 10 * HOUR) == []
    assert _brief(one.take(notice("update", "alarm"), NOON + 10 * HOUR)) == ["update alarm"]
    never = policy(remind_after_s=0)
    never.take(notice(), NOON)
    assert never.tick(NOON + 1000 * HOUR) == []


def test_the_cool_down_counts_only_messages_that_were_sent(policy, notice: MakeNotice, holds: Holds) -> None:
    one = policy(cool_down_s=600)
    holds.hold("pump", "shelved", NOON + 10)
    assert _brief(one.take(notice(), NOON)) == ["new warning: shelved"]
    assert _brief(one.take(notice("end"), NOON + 5)) == ["end warning: shelved"]
    assert _brief(one.take(notice(event="e2"), NOON + 20)) == ["new warning"]
    assert _brief(one.take(notice("end", event="e2"), NOON + 30)) == ["end warning"]
    assert _brief(one.take(notice(event="e3"), NOON + 40)) == ["new warning: cool-down"]
    assert _brief(one.take(notice(event="e4", machine="fan"), NOON + 40)) == ["new warning"]
    assert _brief(one.take(notice("new", "alarm", event="e5"), NOON + 50)) == ["new alarm"]


def test_an_episode_that_outlasts_what_holds_it_back_is_sent_then(policy, notice: MakeNotice) -> None:
    one = policy(quiet={"from": "22:00", "to": "06:00"})
    night = NOON + 10 * HOUR  # 23:00 in Berlin
    assert _brief(one.take(notice(), night)) == ["new warning: quiet hours"]
    assert one.take(notice("update"), night + 60) == []
    assert one.tick(night + 6.9 * HOUR) == []
    assert _brief(one.tick(night + 7 * HOUR)) == ["new warning"]
    assert _brief(one.take(notice("end"), night + 8 * HOUR)) == ["end warning"]


def test_levels_that_pass_are_sent_in_quiet_hours_and_so_is_each_all_clear(policy, notice: MakeNotice) -> None:
    one = policy(quiet={"from": "22:00", "to": "06:00"})
    evening, night = NOON + 8 * HOUR, NOON + 10 * HOUR
    sent = one.take(notice(), evening) + one.take(notice("new", "alarm", event="e2", machine="fan"), night)
    sent += one.take(notice("end"), night) + one.take(notice("end", event="e2", machine="fan"), night)
    assert _brief(sent) == ["new warning", "new alarm", "end warning", "end alarm"]


def test_rates_are_limited_for_a_machine_and_for_the_plant(policy, notice: MakeNotice) -> None:
    one = policy(cool_down_s=0, machine_an_hour=2, plant_an_hour=3)

    def at(second: float, event: str, machine: str) -> list[str]:
        return _brief(one.take(notice(event=event, machine=machine), NOON + second))

    assert at(0, "a", "pump") + at(1, "b", "pump") == ["new warning"] * 2
    assert at(2, "c", "pump") == ["new warning: rate limit of the machine"]
    assert at(3, "d", "fan") == ["new warning"]
    assert at(4, "e", "valve") == ["new warning: rate limit of the plant"]
    assert _brief(one.take(notice("end", event="a"), NOON + 5)) == ["end warning"]
    assert [one.notice.event for one in one.tick(NOON + 2 * HOUR)] == ["c", "e"]


def test_a_channel_gets_its_levels_and_machines_alone(policy, notice: MakeNotice) -> None:
    one = policy({"levels": ["alarm"], "machines": ["pump"]})
    assert one.take(notice(), NOON) == []
    assert one.take(notice("new", "alarm", event="e2", machine="fan"), NOON) == []
    assert _brief(one.take(notice("update", "alarm"), NOON + 1)) == ["new alarm"]
    assert _brief(one.take(notice("end", "alarm"), NOON + 2)) == ["end alarm"]
    assert one.take(notice("end", event="e2", machine="fan"), NOON + 2) == []
    assert one.take(notice("end", event="unknown"), NOON + 2) == []


def test_programs_get_each_change_unless_the_machine_is_held_back(policy, notice: MakeNotice, holds: Holds) -> None:
    one = policy({"every_change": True}, quiet={"from": "00:00", "to": "00:00"}, machine_an_hour=1, remind_after_s=1)
    sent = [*one.take(notice(), NOON), *one.take(notice("update"), NOON + 1), *one.tick(NOON + 60)]
    sent += one.take(notice("end"), NOON + 2)
    assert _brief(sent) == ["new warning", "update warning", "end warning"]
    holds.hold("pump", "shadow")
    assert _brief(one.take(notice(event="e2"), NOON + 3)) == ["new warning: shadow"]
    holds.release("pump", "shadow")
    assert _brief(one.tick(NOON + 4)) == ["new warning"]


def test_a_shadow_holds_back_events_and_not_the_troubles_of_a_source(policy, notice: MakeNotice, holds: Holds) -> None:
    holds.hold("pump", "shadow")
    assert _brief(policy().take(notice(scope="source"), NOON)) == ["new warning"]
    holds.hold("pump", "out of service")
    assert _brief(policy().take(notice(scope="source"), NOON)) == ["new warning: out of service"]


def test_a_policy_goes_on_where_another_one_stopped(policy, notice: MakeNotice) -> None:
    earlier = [(Decision(notice(), "new"), NOON), (Decision(notice(event="e2"), "new", "cool-down"), NOON + 1)]
    earlier += [(Decision(notice(event="e3", machine="fan"), "new"), NOON)]
    earlier += [(Decision(notice("end", event="e3", machine="fan"), "end"), NOON + 2)]
    one = policy()
    one.restore(earlier)
    assert one.take(notice("update"), NOON + 3) == []
    assert _brief(one.take(notice("end"), NOON + 4)) == ["end warning"]
    assert _brief(one.take(notice("end", event="e2"), NOON + 5)) == ["end warning: cool-down"]
    assert one.take(notice("end", event="e3", machine="fan"), NOON + 6) == []
    assert _brief(one.take(notice(event="e4", machine="fan"), NOON + 7)) == ["new warning: cool-down"]


def test_an_event_of_changed_surroundings_holds_back_those_of_its_machines(policy, notice: MakeNotice) -> None:
    part = replace(notice(), details=(("area", "hall 2"),))
    one = policy()
    assert _brief(one.take(part, NOON)) == ["new warning: part of a common event"]
    assert one.tick(NOON + HOUR) == []
    assert _brief(one.take(replace(part, kind="end"), NOON + HOUR)) == ["end warning: part of a common event"]
    common = replace(part, event="other", machine="hall 2", scope="common")
    assert _brief(one.take(common, NOON)) == ["new warning"]
    for_some = policy({"machines": [part.machine]})
    assert _brief(for_some.take(part, NOON)) == ["new warning"]  # nobody on it is told of the area


def test_an_event_that_was_told_before_its_surroundings_changed_still_has_its_all_clear(
    policy, notice: MakeNotice
) -> None:
    one = policy()
    sent = one.take(notice(), NOON)
    part = replace(notice("update", "alarm"), details=(("area", "hall 2"),))
    sent += one.take(part, NOON + 60) + one.take(replace(part, kind="end"), NOON + HOUR)
    assert _brief(sent) == ["new warning", "update alarm", "end alarm"]


def test_a_fault_is_not_silenced_by_a_change_of_the_surroundings(policy, notice: MakeNotice) -> None:
    part = replace(notice(), details=(("area", "hall 2"),))
    one = policy()
    sent = one.take(replace(part, level="watch"), NOON) + one.take(part, NOON + 1)
    assert _brief(sent) == ["new warning: part of a common event"]
    sent = one.take(replace(part, level="alarm"), NOON + 2) + one.take(replace(part, kind="end"), NOON + HOUR)
    assert _brief(sent) == ["new alarm", "end alarm"]
