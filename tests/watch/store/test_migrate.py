"""Databases of earlier versions are brought to the newest form, after a backup; those of later ones are refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from offkey.errors import OffkeyError
from offkey.watch.store import migrate
from offkey.watch.store.store import Store
from offkey.watch.store.tables import metadata

FIRST_FORM = """
PRAGMA journal_mode = WAL;
CREATE TABLE minutes (
    id INTEGER NOT NULL, machine VARCHAR NOT NULL, model VARCHAR NOT NULL, minute INTEGER NOT NULL,
    windows INTEGER NOT NULL, failed INTEGER NOT NULL, lowest DOUBLE, mean DOUBLE, highest DOUBLE, surprises BLOB,
    PRIMARY KEY (id)
);
CREATE INDEX minutes_of_machine ON minutes (machine, minute);
CREATE TABLE changes (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, event VARCHAR NOT NULL, machine VARCHAR NOT NULL,
    kind VARCHAR NOT NULL, path VARCHAR NOT NULL, at DOUBLE NOT NULL, began DOUBLE NOT NULL, ended DOUBLE,
    peak DOUBLE NOT NULL, model VARCHAR NOT NULL
);
CREATE INDEX ix_changes_event ON changes (event);
CREATE TABLE recordings (machine VARCHAR NOT NULL, name VARCHAR NOT NULL, error VARCHAR, PRIMARY KEY (machine, name));
CREATE TABLE source_states (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, machine VARCHAR NOT NULL, at DOUBLE NOT NULL,
    state VARCHAR NOT NULL, reason VARCHAR NOT NULL
);
CREATE INDEX states_of_machine ON source_states (machine, seq);
INSERT INTO minutes VALUES (1, 'pump', 'm', 60, 2, 0, 0.1, 0.2, 0.3, x'0102030405060708');
INSERT INTO changes VALUES (7, 'e', 'pump', 'end', 'fast', 20, 10, 30, 3.5, 'm');
INSERT INTO changes VALUES (8, 'f', 'pump', 'new', 'slow', 20, 10, NULL, 3.5, 'm');
INSERT INTO recordings VALUES ('pump', 'a.wav', NULL);
INSERT INTO source_states VALUES (3, 'pump', 5.0, 'healthy', '');
PRAGMA user_version = 1;
"""


@pytest.fixture
def first_form(tmp_path: Path) -> Path:
    """A database as versions before the first migration wrote it."""
    path = tmp_path / "old" / "plant.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST_FORM)
    return path


def _backups(path: Path) -> list[Path]:
    return sorted(path.parent.glob("plant.db.*.backup"))


def test_a_database_of_the_first_form_is_backed_up_and_read_on(first_form: Path) -> None:
    store = Store(first_form)
    slow, fast = store.events()
    assert (fast["seq"], fast["event"], fast["ended"]) == (7, "e", 30.0)
    assert (fast["level"], fast["scope"]) == ("warning", "machine")
    assert (slow["level"], slow["state"], slow["area"]) == ("watch", None, None)
    (minute,) = store.minutes("pump")
    assert (minute["mean"], minute["seconds"], minute["state"]) == (0.2, 60, None)
    assert store.shadow("pump", "m").surprises().astype("<f4").tobytes() == bytes(range(1, 9))
    assert (store.taken("pump"), store.source_states()[0]["state"]) == ({"a.wav"}, "healthy")
    store.close()
    (backup,) = _backups(first_form)
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT count(*) FROM changes").fetchone() == (2,)
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    Store(first_form).close()
    assert _backups(first_form) == [backup]


def test_a_backup_that_fails_leaves_the_database_as_it_was(first_form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("offkey.watch.store.sqlite.sqlite3.connect", fail)
        with pytest.raises(OffkeyError, match=r"cannot be backed up .*is full\), and is left as it was: make room"):
            Store(first_form)
    assert not list(first_form.parent.glob("*.partial"))
    with pytest.raises(OffkeyError, match="has form v0001, expected v0002: start 'offkey watch' with this plant once"):
        Store(first_form, read_only=True)


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    first_form: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise OffkeyError("It broke off.")

    before = first_form.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(migrate.command, "upgrade", fail)
        with pytest.raises(OffkeyError, match="It broke off"):
            Store(first_form)
    with closing(sqlite3.connect(first_form)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert "alembic_version" not in names
    assert len(before) == first_form.stat().st_size
    Store(first_form).close()


def test_the_newest_three_backups_are_kept(first_form: Path) -> None:
    for year in range(2020, 2025):
        (first_form.parent / f"plant.db.{year}0101T000000Z-v0001.backup").touch()
    Store(first_form).close()
    kept = _backups(first_form)
    assert [path.name[9:13] for path in kept[:2]] == ["2023", "2024"]
    assert len(kept) == 3


def test_the_revisions_make_the_tables_that_are_read_and_written(store: Store, first_form: Path) -> None:
    migrated = Store(first_form)
    for one, compare_type in ((store, True), (migrated, False)):  # every INTEGER of SQLite has 64 bits
        with one.database.writing() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": compare_type})
            assert compare_metadata(context, metadata) == []
    migrated.close()


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    with pytest.raises(OffkeyError, match=r"other\.db is none of a plant: it holds other tables"):
        Store(tmp_path / "other.db")


def test_a_database_of_a_later_version_is_refused(store: Store, open_again: Callable[..., Store]) -> None:
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'v9999'")
    with pytest.raises(OffkeyError, match=r"has form v9999, expected v0002 or an earlier one: .* a later version"):
        open_again()
