"""The journal of starts: what happened to the monitor before, and to its database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.watch.store.postgres import Server

from offkey._version import __version__
from offkey.errors import OffkeyError
from offkey.watch.store.journal import Journal
from offkey.watch.store.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "plant.db"


@contextmanager
def _journal(path: Path) -> Iterator[Journal]:
    """The journal of a monitor that has opened its database."""
    with closing(Store(path)) as store:
        yield Journal(path.with_name("plant.toml"), path, store.database)


def _lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.with_name("plant.db.journal.jsonl").read_text().splitlines()]


def test_each_start_and_each_orderly_end_is_a_line(path: Path) -> None:
    with _journal(path) as journal:
        assert journal.start(b"settings") == []
        journal.end()
    with _journal(path) as journal:
        assert journal.start(b"other settings") == []
    first, end, second = _lines(path)
    assert (first["what"], first["version"], first["database"]) == ("start", __version__, str(path))
    assert (end["what"], end["database_bytes"], second["what"]) == ("end", path.stat().st_size, "start")
    assert len(first["settings"]) == 16
    assert first["settings"] != second["settings"]
    assert first["at"].endswith("+00:00")


def test_a_monitor_that_died_is_told_at_the_next_start(path: Path) -> None:
    with _journal(path) as journal:
        journal.start(b"")
    at = _lines(path)[0]["at"]
    with _journal(path) as journal:
        assert journal.start(b"") == [f"The monitor that started at {at} did not end in order."]


def test_a_start_that_failed_is_told_with_its_sentence(path: Path) -> None:
    with _journal(path) as journal:
        journal.start(b"")
        journal.fail("The model m.offkey is not there.", is_running=False)
    at = _lines(path)[-1]["at"]
    with _journal(path) as journal:
        assert journal.start(b"") == [f"The start before this one failed at {at}: The model m.offkey is not there."]
        journal.fail("OSError: no more files", is_running=True)
    assert [line["what"] for line in _lines(path)] == ["start", "failed start", "start", "error"]
    with _journal(path) as journal:
        (note,) = journal.start(b"")
        assert note.startswith("The monitor before this one ended by an error at ")
        assert note.endswith(": OSError: no more files")


def test_a_database_that_vanishes_between_starts_is_told(path: Path) -> None:
    with _journal(path) as journal:
        journal.start(b"")
        journal.end()
    size = path.stat().st_size
    path.unlink()
    with _journal(path) as journal:
        (note,) = journal.start(b"")
    assert f"plant.db is gone, which had {size} bytes at" in note
    assert "every machine begins its shadow anew" in note


def test_a_line_that_was_not_finished_is_left_behind(path: Path) -> None:
    with _journal(path) as journal:
        journal.start(b"")
        journal.end()
    with _journal(path) as journal:
        with journal.path.open("ab") as file:
            file.write(b'{"at": "2026-')
        assert journal.start(b"") == []
        assert [json.loads(line)["what"] for line in journal.path.read_text().splitlines()[-1:]] == ["start"]


def test_a_journal_that_cannot_be_written_is_one_sentence(path: Path) -> None:
    with _journal(path) as journal:
        journal.path.mkdir()
        with pytest.raises(OffkeyError, match=r"The journal .*plant\.db\.journal\.jsonl cannot be read"):
            journal.start(b"")
        with pytest.raises(OffkeyError, match="cannot be written"):
            journal.end()


def test_the_journal_of_a_database_on_a_server_lies_beside_the_plant(postgres_server: Server, path: Path) -> None:
    url, plant = postgres_server.create(), path.with_name("plant.toml")
    with closing(Store(url)) as store:
        Journal(plant, url, store.database).start(b"")
    (line,) = map(json.loads, path.with_name("plant.toml.journal.jsonl").read_text().splitlines())
    assert line["database"] == f"{url.database} on this computer"
    assert line["database_bytes"] > 1_000_000
