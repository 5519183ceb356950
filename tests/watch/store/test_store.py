"""The store on SQLite and on PostgreSQL: whole or not at all, read while it is written, known again after kill -9."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import URL, text

from offkey.errors import OffkeyError
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.minutes import Minute
from offkey.watch.rows import (
    Act,
    Candidate,
    Clip,
    Explanation,
    HealthPoint,
    LifeStep,
    Message,
    Recording,
    Review,
    StateChange,
)
from offkey.watch.store.address import Address
from offkey.watch.store.store import Store

NEW = Change("e1", "pump", "new", "fast", 20.0, 10.0, None, 3.5, "m")
MINUTE = Minute("pump", "m", 60, 2, 1, 0.5, 0.6, 0.7, b"12345678")
MESSAGE = Message("id1", "webhook", "new", {"machine": "pump"}, 20.0, 21.0, key="first")


def test_an_event_is_what_its_newest_change_says(store: Store) -> None:
    store.write(Findings([NEW, replace(NEW, event="e2", machine="fan")]))
    store.write(Findings([replace(NEW, kind="update", peak=5.0, level="alarm")]))
    store.write(Findings([replace(NEW, kind="end", ended=30.0, peak=5.0)]))
    first, second = store.events()
    assert (first["seq"], first["event"], first["kind"], first["ended"], first["peak"]) == (4, "e1", "end", 30.0, 5.0)
    assert (second["seq"], second["event"], second["kind"]) == (2, "e2", "new")
    assert [row["seq"] for row in store.events(limit=1)] == [4]
    assert [row["seq"] for row in store.events(after=2)] == [4]
    assert [(row["kind"], row["level"]) for row in store.changes("e1")] == [
        ("new", "warning"),
        ("update", "alarm"),
        ("end", "warning"),
    ]


def test_events_are_found_by_machine_by_time_and_by_first_letters(store: Store) -> None:
    store.write(
        Findings([NEW, replace(NEW, event="e2", machine="fan"), replace(NEW, event="x_1", began=NEW.began + 9)])
    )
    store.write(Findings([replace(NEW, kind="end", ended=30.0)]))
    assert [row["event"] for row in store.events(machine="pump")] == ["e1", "x_1"]
    assert [row["event"] for row in store.events(since=NEW.began + 9)] == ["x_1"]
    assert {machine: row["seq"] for machine, row in store.newest_events().items()} == {"pump": 4, "fan": 2}
    assert [(row["event"], row["kind"]) for row in store.events_named("e")] == [("e1", "end"), ("e2", "new")]
    assert [row["event"] for row in store.events_named("x_")] == ["x_1"]
    assert store.events_named("_") == []


def test_minutes_and_the_shadow_are_those_of_a_machine_and_a_model(store: Store) -> None:
    rows = [MINUTE, replace(MINUTE, minute=120, surprises=b"abcd"), replace(MINUTE, minute=180, surprises=None)]
    rows += [replace(MINUTE, machine="fan"), replace(MINUTE, model="n", mean=float("nan"))]
    store.write(Findings(minutes=rows))
    assert store.shadow("pump", "m").surprises().astype("<f4").tobytes() == b"12345678abcd"
    assert store.shadow("pump", "other").surprises().astype("<f4").tobytes() == b""
    kept = store.minutes("pump")
    assert [row["minute"] for row in kept] == [180, 120, 60, 60]
    assert [row["mean"] for row in kept] == [0.6, 0.6, None, 0.6]


def test_minutes_are_the_same_when_they_have_moved(store: Store) -> None:
    """Some come late, such as those of a folder of recordings; a machine has them in the order of time."""
    rng = np.random.default_rng(0)
    minutes = 60 * rng.permutation(1500)
    for some in np.array_split(minutes, 10):
        rows = [replace(MINUTE, minute=int(m), surprises=int(m).to_bytes(4, "big")) for m in some]
        store.write(Findings(minutes=[*rows, *(replace(row, machine="fan") for row in rows)]))
    with store.database.reading() as connection:
        left = connection.execute(text("SELECT count(*) FROM newest_minutes")).scalar_one()
        moved = connection.execute(text("SELECT count(*) FROM minutes")).scalar_one()
    assert left > 0
    assert moved > 0
    assert left + moved == 3000
    assert [row["minute"] for row in store.minutes("pump", limit=5000)] == sorted(minutes, reverse=True)
    assert [row["minute"] for row in store.minutes("pump", limit=2)] == [60 * 1499, 60 * 1498]
    assert store.shadow("fan", "m").surprises().astype("<f4").tobytes() == b"".join(
        int(m).to_bytes(4, "big") for m in sorted(minutes)
    )


def test_a_stretch_of_scores_has_the_state_of_most_of_its_windows(store: Store) -> None:
    states = [("running", 5), ("off", 2), ("running", 1), (None, 4)]
    store.write(
        Findings(minutes=[replace(MINUTE, minute=60 * n, windows=w, state=s) for n, (s, w) in enumerate(states)])
    )
    (whole,) = store.scores("pump", 0, 240, most=1)
    assert (whole["state"], whole["windows"], whole["failed"]) == ("running", 12, 4)
    assert whole["mean"] == pytest.approx(0.6)
    assert [row["state"] for row in store.scores("pump", 0, 240)] == [state for state, _ in states]


def test_all_that_comes_with_an_event_is_kept_with_it(store: Store) -> None:
    clip = Clip("e1", "clips/e1.flac", 5.0, 40.0, 16_000, 12_345, "ab" * 32)
    explanation = Explanation("e1", 21.0, "Louder at 3 kHz.", {"bands": [3000.0], "since": None})
    store.write(
        Findings(
            [NEW],
            states=[StateChange("pump", 1.0, "healthy", "")],
            health=[HealthPoint("pump", 600.0, 93.5, "normal", 1.0), HealthPoint("pump", 1200.0, 80.0, "watch", 1.0)],
            explanations=[explanation],
            clips=[clip],
            messages=[MESSAGE],
        )
    )
    assert store.explanation("e1") == asdict(explanation)
    assert store.explanation("e2") is None
    assert store.clips("e1") == [asdict(clip)]
    assert [row["index"] for row in store.health("pump")] == [93.5, 80.0]
    assert [row["index"] for row in store.health("pump", since=601.0)] == [80.0]
    (message,) = store.outbox.pending("webhook")
    assert (message["key"], message["payload"]) == ("first", {"machine": "pump"})


def test_of_some_recordings_those_that_were_taken_are_found(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offkey.watch.store.store._TOGETHER", 2)
    store.write(Findings(recordings=[Recording("pump", name, None) for name in "abcd"]))
    assert store.taken("pump", ["x", "d", "a", "y", "c"]) == {"a", "c", "d"}
    assert store.taken("fan", ["a"]) == store.taken("pump", []) == set()
    assert store.taken("pump") == set("abcd")


def test_what_cannot_be_kept_as_a_whole_is_not_kept_at_all(store: Store) -> None:
    store.write(Findings(recordings=[Recording("pump", "a", None)]))
    with pytest.raises(OffkeyError, match=r"cannot be used: .*(UNIQUE constraint failed|violates unique constraint)"):
        store.write(Findings([NEW], [MINUTE], [Recording("pump", "a", None)], messages=[MESSAGE]))
    assert (store.events(), store.minutes("pump"), store.taken("pump")) == ([], [], {"a"})
    assert store.outbox.messages() == []


def test_the_life_of_a_machine_is_what_people_wrote(store: Store) -> None:
    store.add(
        LifeStep("pump", 1.0, "learning", "anna"), LifeStep("fan", 2.0, "shadow", "anna", "new belt", {"days": 3})
    )
    store.add(LifeStep("pump", 3.0, "shadow", "ben"))
    assert [row["step"] for row in store.life.steps("pump")] == ["learning", "shadow"]
    assert [row["seq"] for row in store.life.steps(after=1)] == [2, 3]
    newest = store.life.newest_steps()
    assert {machine: row["step"] for machine, row in newest.items()} == {"pump": "shadow", "fan": "shadow"}
    assert newest["fan"]["details"] == {"days": 3}
    store.add(Review("e1", 4.0, "false", "anna", join_normal=True), Act(5.0, "shelve", "ben", machine="fan", until=9.0))
    assert [(row["verdict"], row["join_normal"]) for row in store.life.reviews("e1")] == [("false", True)]
    assert store.life.reviews("e2") == []
    assert [(row["machine"], row["event"], row["until"]) for row in store.life.acts()] == [("fan", None, 9.0)]
    assert store.life.acts(after=1) == []


def test_a_candidate_is_promoted_or_dropped_once_a_person_has_decided(store: Store) -> None:
    store.add(Candidate("c1", "pump", 1.0, "pump-2.offkey", "ab", 40), Candidate("c2", "pump", 2.0, "x", "cd", 50))
    store.life.update_candidate("c1", replay={"raised": 3, "gone": 4})
    store.life.update_candidate("c1", verdict="promoted", by="anna", decided_at=9.0)
    newest, first = store.life.candidates("pump")
    assert (newest["id"], newest["verdict"], first["verdict"], first["by"]) == ("c2", None, "promoted", "anna")
    assert first["replay"] == {"raised": 3, "gone": 4}
    assert store.life.candidates("fan") == []


def test_a_setting_of_the_plant_is_the_one_that_was_set_last(store: Store) -> None:
    assert store.life.setting("uuid") is None
    store.life.set_setting("uuid", "a")
    store.life.set_setting("uuid", "b")
    assert store.life.setting("uuid") == "b"


def test_a_later_clip_or_explanation_takes_the_place_of_an_earlier_one(store: Store) -> None:
    clip, why = Clip("e1", "clips/a.flac", 10.0, 20.0, 16_000, 100, "d"), Explanation("e1", 20.0, "Louder.", {})
    store.write(Findings(clips=[clip, replace(clip, event="e2", path="clips/b.flac")], explanations=[why]))
    later = [replace(clip, bytes=150), replace(clip, bytes=200)]
    store.write(Findings(clips=later, explanations=[replace(why, sentence="Quieter.", details={"score": 1.0})]))
    assert [row["bytes"] for row in store.clips("e1") + store.clips("e2")] == [200, 100]
    explanation = store.explanation("e1")
    assert explanation is not None
    assert (explanation["sentence"], explanation["details"]) == ("Quieter.", {"score": 1.0})


def test_a_reader_with_a_snapshot_stops_no_writer(store: Store, open_again: Callable[..., Store]) -> None:
    other = open_again(read_only=True)
    with other.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM changes")).scalar_one() == 0
        store.write(Findings([NEW]))
        assert connection.execute(text("SELECT count(*) FROM changes")).scalar_one() == 0
    assert len(other.events()) == 1


def test_a_store_that_is_empty_is_not_read(address: Address) -> None:
    with pytest.raises(OffkeyError, match=r"is not there|is empty: start 'offkey watch' with this plant"):
        Store(address, read_only=True)


def test_one_monitor_at_a_time_has_a_database(store: Store, open_again: Callable[..., Store]) -> None:
    other = open_again()
    with store.database.claim():
        with pytest.raises(OffkeyError, match="has a monitor already, and two would keep everything twice"):
            other.database.claim().__enter__()
        other.write(Findings([NEW]))  # as commands do beside a monitor
    with other.database.claim():
        assert len(store.events()) == 1


KILLED = """
import sys
from pathlib import Path
from sqlalchemy import make_url
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.minutes import Minute
from offkey.watch.rows import Message
from offkey.watch.store import series
from offkey.watch.store.store import Store
series._TOGETHER = 7
address, first = sys.argv[1], int(sys.argv[2])
store = Store(make_url(address) if "://" in address else Path(address))
for number in range(first, 100_000):
    change = Change(str(number), "pump", "new", "fast", 0.0, 0.0, None, 1.0, "m")
    minute = Minute("pump", "m", number, 1, 0, 0.0, 0.0, 0.0, bytes(4))
    message = Message(str(number), "webhook", "new", {}, 0.0, 0.0, key=str(number), event=str(number))
    store.write(Findings([change], [minute], messages=[message]))
    print(number, flush=True)
"""


def test_no_row_is_lost_or_doubled_by_kill_9(address: Address, open_again: Callable[..., Store]) -> None:
    """Each transaction holds an event, a minute and a message; what was acknowledged is there, once, each time."""
    name = address.render_as_string(hide_password=False) if isinstance(address, URL) else str(address)
    rng, first = np.random.default_rng(0), 0
    for _ in range(4):
        command = [sys.executable, "-c", textwrap.dedent(KILLED), name, str(first)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(int(rng.integers(5, 40)))]
        process.kill()
        acknowledged = int((lines + process.stdout.read().split())[-1])
        process.wait()
        process.stdout.close()
        store = open_again()  # which looks whether the file is whole
        events = sorted(int(row["event"]) for row in store.events(limit=100_000))
        minutes = sorted(row["minute"] for row in store.minutes("pump", limit=100_000))
        messages = sorted(int(row["event"]) for row in store.outbox.messages(limit=100_000))
        assert events == minutes == messages == list(range(len(events)))
        assert len(store.shadow("pump", "m").surprises().astype("<f4").tobytes()) == 4 * len(events)
        assert acknowledged in (len(events) - 1, len(events) - 2)
        first = len(events)


def test_a_file_may_have_any_name(tmp_path: Path) -> None:
    """An address with signs that a URL would read otherwise is a file all the same."""
    path = tmp_path / "plant?mode=ro#1 %41.db"
    store = Store(path)
    store.write(Findings([NEW]))
    store.close()
    assert path.is_file()
