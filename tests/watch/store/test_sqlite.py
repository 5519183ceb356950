"""A file of SQLite: written ahead, looked at when it is opened, small, and kind to what it lies on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from offkey.errors import OffkeyError
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.minutes import Minute
from offkey.watch.store.sqlite import SqliteDatabase
from offkey.watch.store.store import Store, open_store

NEW = Change("e1", "pump", "new", "fast", 20.0, 10.0, None, 3.5, "m")
MINUTE = Minute("pump", "0123456789abcdef every 1 s", 60, 60, 1, 0.5, 0.6, 0.7, bytes(240))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in a file."""
    with closing(Store(tmp_path / "plant.db")) as opened:
        yield opened


def test_the_file_is_written_ahead_by_one_writer_that_waits_for_its_lock(store: Store) -> None:
    names = ("journal_mode", "busy_timeout", "synchronous", "journal_size_limit", "user_version")
    with store.database.writing() as connection:
        values: dict[str, Any] = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names}
        other = sqlite3.connect(store.database.name, timeout=0)
        with closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")  # which the writer holds before it writes
    limits = {"busy_timeout": 10_000, "synchronous": 2, "journal_size_limit": 32 * 1024 * 1024}
    assert values == {"journal_mode": "wal", "user_version": 2, **limits}
    with store.database.writing(durable=False) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 1


def test_a_lock_that_another_holds_for_too_long_is_one_sentence(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("offkey.watch.store.sqlite._BUSY_MS", 10)
    said = "database is locked; another program holds it for too long: end that"
    other = Store(tmp_path / "plant.db")
    with closing(other), store.database.writing(), pytest.raises(OffkeyError, match=said):
        other.write(Findings([NEW]))


def test_a_file_that_is_no_database_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is no database" * 100)
    with pytest.raises(
        OffkeyError, match=r"text\.db cannot be used: file is not a database; restore the newest backup"
    ):
        Store(tmp_path / "text.db")
    with pytest.raises(OffkeyError, match=r"nothing\.db is not there"):
        Store(tmp_path / "nothing.db", read_only=True)
    with pytest.raises(OffkeyError, match="unable to open database file; look whether its folder is there"):
        Store(tmp_path / "no folder" / "plant.db")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_noticed_when_it_is_opened(tmp_path: Path, share: float) -> None:
    path = tmp_path / "plant.db"
    whole = Store(path)
    whole.write(Findings(minutes=[replace(MINUTE, surprises=bytes(3000)) for _ in range(50)]))
    whole.close()
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(
        OffkeyError, match=r"damaged.*: restore the newest backup, or move the file away and start anew"
    ):
        Store(path)


def test_a_file_with_a_page_of_something_else_is_noticed_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "plant.db"
    whole = Store(path)
    whole.write(Findings(minutes=[replace(MINUTE, surprises=bytes(3000)) for _ in range(50)]))
    whole.close()
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 4096 // 2 * 4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(OffkeyError, match=r"damaged.*: restore the newest backup"):
        Store(path)


def test_a_command_leaves_the_look_at_the_whole_file_to_the_monitor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = []
    monkeypatch.setattr(SqliteDatabase, "check_whole", lambda database: checked.append(database.name))
    Store(tmp_path / "plant.db").close()
    assert len(checked) == 1
    for options in ({"check": False}, {"read_only": True}):
        open_store("plant.db", tmp_path, **options).close()
    assert len(checked) == 1


def test_a_day_of_20_machines_is_kind_to_an_sd_card(store: Store) -> None:
    """Minutes as the monitor keeps them, two of each machine at a time, with the surprises of a shadow at 1-s hops."""
    io = Path("/proc/self/io")
    if not io.exists():
        pytest.skip("this system has no /proc/self/io")
    before = _written(io)
    for first in range(0, 1440, 2):
        minutes = [
            replace(MINUTE, machine=f"pump {machine}", minute=1_800_000_000 + 60 * minute)
            for minute in range(first, first + 2)
            for machine in range(20)
        ]
        store.write(Findings(minutes=minutes))
    written = _written(io) - before
    if written == 0:
        pytest.skip("what is written to the folder of temporary files is not counted by this system")
    assert 5_000_000 < written < 50_000_000


def _written(io: Path) -> int:
    return int(io.read_text().partition("\nwrite_bytes: ")[2].split()[0])
