"""The journal of starts: what happened to the monitor before, and to its database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from offkey._version import __version__
from offkey.errors import OffkeyError
from offkey.watch.store.journal import Journal


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "plant.db"


def _lines(database: Path) -> list[dict]:
    return [json.loads(line) for line in Journal(database).path.read_text().splitlines()]


def test_each_start_and_each_orderly_end_is_a_line(database: Path) -> None:
    assert Journal(database).start(b"settings") == []
    database.write_bytes(bytes(100))
    Journal(database).end()
    assert Journal(database).start(b"other settings") == []
    first, end, second = _lines(database)
    assert (first["what"], first["version"], first["database_bytes"]) == ("start", __version__, None)
    assert (end["what"], end["database_bytes"], second["database_bytes"]) == ("end", 100, 100)
    assert len(first["settings"]) == 16
    assert first["settings"] != second["settings"]
    assert first["at"].endswith("+00:00")


def test_a_monitor_that_died_is_told_at_the_next_start(database: Path) -> None:
    Journal(database).start(b"")
    at = _lines(database)[0]["at"]
    assert Journal(database).start(b"") == [f"The monitor that started at {at} did not end in order."]


def test_a_database_that_vanishes_between_starts_is_told(database: Path) -> None:
    Journal(database).start(b"")
    database.write_bytes(bytes(4096))
    Journal(database).end()
    database.unlink()
    (note,) = Journal(database).start(b"")
    assert "plant.db is gone, which had 4096 bytes at" in note
    assert "every machine begins its shadow anew" in note


def test_a_line_that_was_not_finished_is_left_behind(database: Path) -> None:
    journal = Journal(database)
    journal.start(b"")
    journal.end()
    with journal.path.open("ab") as file:
        file.write(b'{"at": "2026-')
    assert journal.start(b"") == []
    assert [json.loads(line)["what"] for line in journal.path.read_text().splitlines()[-1:]] == ["start"]


def test_a_journal_that_cannot_be_written_is_one_sentence(database: Path) -> None:
    journal = Journal(database)
    journal.path.mkdir()
    with pytest.raises(OffkeyError, match=r"The journal .*plant\.db\.journal\.jsonl cannot be read"):
        journal.start(b"")
    with pytest.raises(OffkeyError, match="cannot be written"):
        journal.end()
