"""A server of PostgreSQL: its password is in no message, and the extra that reaches it is named."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url
from tests.watch.store.postgres import Server

from offkey.errors import OffkeyError, UsageError
from offkey.watch.store.address import address_of, check_database
from offkey.watch.store.store import Store, open_store

SECRET = "s3cret/päss"  # noqa: S105 - of a server that is not there


def test_a_server_that_is_not_there_is_one_sentence_without_the_password(tmp_path: Path) -> None:
    url = URL.create("postgresql", "plant", SECRET, "127.0.0.1", 1, "plant")
    with pytest.raises(OffkeyError, match=r"The database plant on 127\.0\.0\.1 cannot be reached: .*refused") as raised:
        open_store(url.render_as_string(hide_password=False), tmp_path)
    for secret in (SECRET, url.render_as_string(hide_password=False).split(":")[2].partition("@")[0]):
        assert secret not in str(raised.value)


def test_a_password_that_the_server_repeats_is_not(postgres_server: Server) -> None:
    url = postgres_server.create()
    store = Store(url.update_query_dict({"application_name": "offkey"}))
    with (
        pytest.raises(OffkeyError, match=r"relation \"\*\*\*\" does not exist"),
        store.database.reading() as connection,
    ):
        connection.exec_driver_sql('SELECT * FROM "p@ss/word"')
    store.close()


def test_a_database_that_is_not_on_the_server_is_named(postgres_server: Server) -> None:
    with pytest.raises(OffkeyError, match='database "nothing" does not exist'):
        Store(postgres_server.create().set(database="nothing"))


def test_one_writer_at_a_time_whoever_it_is(postgres_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offkey.watch.store.postgres._PATIENCE_S", 1)
    url = postgres_server.create()
    first, second = Store(url), Store(url)
    with first.database.writing(durable=False), pytest.raises(OffkeyError, match="lock timeout"):
        second.life.set_setting("key", "value")
    second.life.set_setting("key", "value")
    assert first.life.setting("key") == "value"
    assert first.database.size_bytes() > 1_000_000
    first.close()
    second.close()


def test_a_server_that_was_started_again_is_found_again(postgres_server: Server) -> None:
    store = Store(postgres_server.create())
    store.life.set_setting("key", "before")
    postgres_server.restart()
    store.life.set_setting("key", "after")
    assert store.life.setting("key") == "after"
    store.close()


def test_the_extra_that_reaches_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(OffkeyError, match=r"needs psycopg, which is not installed: pip install 'offkey\[postgres\]'"):
        open_store("postgresql://host/plant", tmp_path)


def test_an_address_is_a_file_or_a_url_of_postgresql(tmp_path: Path) -> None:
    assert address_of("plant.db", tmp_path) == tmp_path / "plant.db"
    assert address_of("postgresql://me@host/plant", tmp_path) == make_url("postgresql://me@host/plant")
    with pytest.raises(ValueError, match="the database is a URL of 'mysql', expected a file, or a URL such as"):
        check_database(f"mysql://me:{SECRET}@host/plant")
    with pytest.raises(UsageError, match="The URL of the database cannot be read") as raised:
        address_of(f"postgresql://me:{SECRET}@host:port/plant", tmp_path)
    assert SECRET not in str(raised.value)
