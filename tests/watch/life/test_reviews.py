"""Words of people on events: the newest review counts, a shelf has an end and a reason, and nothing else is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from offkey.errors import UsageError
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.life.decision import Decision
from offkey.watch.life.normal_set import NormalSet
from offkey.watch.life.reviews import acknowledge, review, shelve, shelved_until, to_review, unshelve, verdicts
from offkey.watch.rows import Clip
from offkey.watch.settings import MachineSettings
from offkey.watch.store.store import Store

AT = 1_800_000_000.0
NOW = Decision(AT, "ann", "a forklift")


@pytest.fixture
def events(store: Store) -> Store:
    """Three events of a machine, of which the first has a clip."""
    for ident in ("aa11", "ab22", "cc33"):
        store.write(Findings([Change(ident, "hum", "new", "fast", AT, AT - 5, None, 3.0, "m")]))
    return store


@pytest.fixture
def hum_machine(settings) -> MachineSettings:
    return settings({"kind": "stdin", "rate": 16_000})


def test_the_newest_review_of_an_event_counts(events: Store, tmp_path: Path) -> None:
    assert [row["event"] for row in to_review(events)] == ["cc33", "ab22", "aa11"]
    assert review(events, tmp_path, "cc", "true", NOW)["event"] == "cc33"
    review(events, tmp_path, "cc33", "expected", replace(NOW, comment="we were repairing it"))
    assert verdicts(events) == {"cc33": "expected"}
    assert [row["comment"] for row in events.life.reviews("cc33")] == ["a forklift", "we were repairing it"]
    assert [row["event"] for row in to_review(events)] == ["ab22", "aa11"]


def test_an_event_is_named_by_its_first_letters_where_these_are_enough(events: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Several events begin with 'a'"):
        review(events, tmp_path, "a", "true", NOW)
    with pytest.raises(UsageError, match="No event begins with 'x'"):
        acknowledge(events, "x", NOW)


def test_the_clip_of_a_false_event_joins_the_normal_set(events: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="The event aa11 has no clip"):
        review(events, tmp_path, "aa11", "false", NOW, join_normal=True)
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "a.flac").write_bytes(b"sound")
    events.write(Findings(clips=[Clip("aa11", "clips/a.flac", AT - 9, AT, 16_000, 5, "0" * 64)]))
    with pytest.raises(UsageError, match="Only a false event sounds normal"):
        review(events, tmp_path, "aa11", "true", NOW, join_normal=True)
    assert verdicts(events) == {}
    review(events, tmp_path, "aa11", "false", NOW, join_normal=True)
    (joined,) = NormalSet(tmp_path, "hum").clips()
    assert (joined.name, joined.read_bytes()) == ("aa11-0.flac", b"sound")
    assert events.life.reviews("aa11")[0]["join_normal"] is True


def test_an_acknowledged_event_still_waits_for_a_review(events: Store) -> None:
    assert acknowledge(events, "aa", NOW)["machine"] == "hum"
    assert {row["event"]: row["acknowledged"] for row in to_review(events)} == {
        "cc33": False,
        "ab22": False,
        "aa11": True,
    }


def test_a_machine_is_shelved_until_a_time_for_a_reason(store: Store, hum_machine: MachineSettings) -> None:
    shelve(store, hum_machine, AT + 3600, NOW)
    assert shelved_until(store, AT + 10)["hum"]["reason"] == "a forklift"
    assert shelved_until(store, AT + 3600) == {}
    unshelve(store, hum_machine, NOW)
    assert shelved_until(store, AT + 10) == {}
    with pytest.raises(UsageError, match="has passed"):
        shelve(store, hum_machine, AT, NOW)
    with pytest.raises(UsageError, match="for a reason"):
        shelve(store, hum_machine, AT + 10, replace(NOW, comment=" "))
