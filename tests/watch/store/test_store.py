"""The database: whole or not at all, read while it is written, and known again after kill -9."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from offkey.errors import OffkeyError
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.minutes import Minute
from offkey.watch.rows import Recording
from offkey.watch.store.store import Store

NEW = Change("e1", "pump", "new", "fast", 20.0, 10.0, None, 3.5, "m")
MINUTE = Minute("pump", "m", 60, 2, 1, 0.5, 0.6, 0.7, b"12345678")


def test_an_event_is_what_its_newest_change_says(store: Store) -> None:
    store.write(Findings([NEW, replace(NEW, event="e2", machine="fan")]))
    store.write(Findings([replace(NEW, kind="update", peak=5.0)]))
    store.write(Findings([replace(NEW, kind="end", ended=30.0, peak=5.0)]))
    first, second = store.events()
    assert (first["seq"], first["event"], first["kind"], first["ended"], first["peak"]) == (4, "e1", "end", 30.0, 5.0)
    assert (second["seq"], second["event"], second["kind"]) == (2, "e2", "new")
    assert [row["seq"] for row in store.events(limit=1)] == [4]
    assert [row["seq"] for row in store.events(after=2)] == [4]


def test_minutes_and_the_shadow_are_those_of_a_machine_and_a_model(store: Store) -> None:
    rows = [MINUTE, replace(MINUTE, minute=120, surprises=b"abcd"), replace(MINUTE, minute=180, surprises=None)]
    rows += [replace(MINUTE, machine="fan"), replace(MINUTE, model="n", mean=float("nan"))]
    store.write(Findings(minutes=rows))
    assert store.surprises("pump", "m") == b"12345678abcd"
    assert store.surprises("pump", "other") == b""
    kept = store.minutes("pump")
    assert [row["minute"] for row in kept] == [180, 120, 60, 60]
    assert [row["mean"] for row in kept] == [0.6, 0.6, None, 0.6]


def test_what_cannot_be_kept_as_a_whole_is_not_kept_at_all(store: Store) -> None:
    store.write(Findings(recordings=[Recording("pump", "a", None)]))
    with pytest.raises(OffkeyError, match="cannot be used: UNIQUE constraint failed"):
        store.write(Findings([NEW], [MINUTE], [Recording("pump", "a", None)]))
    assert (store.events(), store.minutes("pump"), store.taken("pump")) == ([], [], {"a"})


def test_a_reader_with_a_long_snapshot_stops_no_writer(store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "plant.db", read_only=True)
    with other.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM changes")).scalar_one() == 0
        store.write(Findings([NEW]))
        assert connection.execute(text("SELECT count(*) FROM changes")).scalar_one() == 0
    assert len(other.events()) == 1
    other.close()


def test_the_database_writes_ahead_and_knows_its_form(store: Store) -> None:
    with store.database.writing() as connection:
        values: dict[str, Any] = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "busy_timeout", "synchronous", "journal_size_limit", "user_version")
        }
    limits = {"busy_timeout": 10_000, "synchronous": 2, "journal_size_limit": 32 * 1024 * 1024}
    assert values == {"journal_mode": "wal", "user_version": 2, **limits}


def test_a_file_that_is_no_database_of_ours_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is no database" * 100)
    with pytest.raises(OffkeyError, match=r"text\.db cannot be used: file is not a database"):
        Store(tmp_path / "text.db")
    with pytest.raises(OffkeyError, match=r"nothing\.db is not there"):
        Store(tmp_path / "nothing.db", read_only=True)
    newer = Store(tmp_path / "newer.db")
    with newer.database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'v9999'")
    newer.close()
    with pytest.raises(OffkeyError, match="has form v9999, expected v0002 or an earlier one"):
        Store(tmp_path / "newer.db")
    with pytest.raises(OffkeyError, match="unable to open database file"):
        Store(tmp_path / "no folder" / "plant.db")


def test_a_truncated_database_is_noticed_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "plant.db"
    whole = Store(path)
    whole.write(Findings(minutes=[replace(MINUTE, surprises=bytes(3000)) for _ in range(50)]))
    whole.close()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(OffkeyError, match=r"is damaged|cannot be used"):
        Store(path)


def test_no_row_is_lost_or_doubled_by_kill_9(tmp_path: Path) -> None:
    """Each transaction holds an event and a minute of the same number; what was acknowledged is there afterwards."""
    code = """
    import sys
    from pathlib import Path
    from offkey.watch.health.events import Change
    from offkey.watch.findings import Findings
    from offkey.watch.minutes import Minute
    from offkey.watch.store.store import Store
    store = Store(Path(sys.argv[1]))
    for number in range(100_000):
        change = Change(str(number), "pump", "new", "fast", 0.0, 0.0, None, 1.0, "m")
        store.write(Findings([change], [Minute("pump", "m", number, 1, 0, 0.0, 0.0, 0.0, None)]))
        print(number, flush=True)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "plant.db")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(50)]
    process.kill()
    acknowledged = int((lines + process.stdout.read().split())[-1])
    process.wait()
    process.stdout.close()
    store = Store(tmp_path / "plant.db")
    events = sorted(int(row["event"]) for row in store.events(limit=100_000))
    minutes = sorted(row["minute"] for row in store.minutes("pump", limit=100_000))
    store.close()
    assert events == minutes == list(range(len(events)))
    assert acknowledged in (len(events) - 1, len(events) - 2)


def test_a_day_of_20_machines_is_kind_to_an_sd_card(store: Store) -> None:
    """Minutes as the monitor keeps them, two of each machine at a time, with the surprises of a shadow at 1-s hops."""
    io = Path("/proc/self/io")
    if not io.exists():
        pytest.skip("this system has no /proc/self/io")
    before, rows, model = _written(io), 0, "0123456789abcdef every 1 s"
    for first in range(0, 1440, 2):
        minutes = [
            replace(MINUTE, machine=f"pump {machine}", model=model, minute=60 * minute, surprises=bytes(240))
            for minute in range(first, first + 2)
            for machine in range(20)
        ]
        store.write(Findings(minutes=minutes))
        rows += len(minutes)
    assert rows == 28_800
    written = _written(io) - before
    if written == 0:
        pytest.skip("what is written to the folder of temporary files is not counted by this system")
    assert 5_000_000 < written < 50_000_000


def _written(io: Path) -> int:
    return int(io.read_text().partition("\nwrite_bytes: ")[2].split()[0])
