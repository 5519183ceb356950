"""Findings on their way to the database: in time, and not lost where it refuses them or its log must not grow."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from offkey.errors import OffkeyError
from offkey.watch.clock import MovedClock
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.minutes import Minute
from offkey.watch.pending import Pending
from offkey.watch.store.store import Store

NEW = Change("e", "hum", "new", "fast", 2.0, 1.0, None, 3.0, "m")
MINUTE = Minute("hum", "m", 0, 60, 0, 0.1, 0.2, 0.3, None)


@pytest.fixture
def said() -> list[str]:
    return []


def test_the_log_stays_below_64_mb_though_another_program_reads_on_and_on(
    store: Store, tmp_path: Path, said: list[str]
) -> None:
    """Scores wait in memory meanwhile, events do not; afterwards all are there, once."""
    clock, log, count = MovedClock(), tmp_path / "plant.db-wal", 0
    pending = Pending(store, said.append, clock)

    def keep() -> None:
        nonlocal count
        rows = [replace(MINUTE, minute=60 * (count + k), surprises=bytes(50_000)) for k in range(40)]
        pending.add(Findings([replace(NEW, event=str(count))], rows))
        pending.write()
        count += len(rows)
        clock.move(120)

    with closing(sqlite3.connect(tmp_path / "plant.db")) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM changes").fetchone() == (0,)
        for _ in range(50):
            keep()
        assert len(store.events()) == 50
        assert 0 < len(store.minutes("hum", limit=10_000)) < count
        assert 40_000_000 < log.stat().st_size < 64 * 1024 * 1024
        assert len(said) == 1
        assert said[0].startswith("scores wait in memory, events do not: another program has been reading the database")
        reader.rollback()
    keep()
    assert [row["minute"] for row in store.minutes("hum", limit=10_000)] == [60 * k for k in reversed(range(count))]
    assert len(said) == 1


def test_a_refusal_is_said_once_as_long_as_it_lasts(
    store: Store, said: list[str], monkeypatch: pytest.MonkeyPatch, refuse: Callable[[Findings], None]
) -> None:
    clock = MovedClock()
    pending = Pending(store, said.append, clock)
    pending.add(Findings([NEW]))
    with monkeypatch.context() as patch:
        patch.setattr(store, "write", refuse)
        for _ in range(5):
            pending.write()
            clock.move(10)
    assert said == ["nothing is lost yet, and it is tried again: The disk is full."]
    pending.write()
    assert len(store.events()) == 1
    pending.add(Findings([replace(NEW, event="f")]))
    monkeypatch.setattr(store, "write", refuse)
    pending.write()
    assert len(said) == 2


@pytest.fixture
def refuse() -> Callable[[Findings], None]:
    def write(_findings: Findings) -> None:
        raise OffkeyError("The disk is full.")

    return write


def test_a_database_that_was_removed_ends_the_monitor_instead_of_taking_what_nobody_will_find(
    store: Store, tmp_path: Path, said: list[str]
) -> None:
    pending = Pending(store, said.append, MovedClock())
    pending.add(Findings([NEW]))
    (tmp_path / "plant.db").unlink()
    with pytest.raises(OffkeyError, match=r"plant\.db was removed while it was in use, so that nothing can be kept"):
        pending.write()
