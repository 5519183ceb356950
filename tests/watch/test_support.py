"""The bundle for support: what helps, and no secret."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from offkey.watch.settings import PlantSettings
from offkey.watch.store.store import Store
from offkey.watch.support import journal_lines, support_bundle, system_facts

SECRET = "hunter2"  # noqa: S105 - it opens nothing


@pytest.fixture
def settings() -> PlantSettings:
    source = {"kind": "ffmpeg", "url": f"rtsp://cam:{SECRET}@10.0.0.7/audio?token={SECRET}"}
    return PlantSettings.model_validate(
        {
            "database": f"postgresql+psycopg://me:{SECRET}@there/plant",
            "machine": [{"name": "pump", "model": "m.offkey", "source": source}],
            "notify": [{"kind": "command", "command": ["/usr/bin/call", "--key", SECRET]}],
        }
    )


def test_a_bundle_holds_what_helps_and_no_secret(tmp_path: Path, settings: PlantSettings) -> None:
    store = Store(tmp_path / "plant.db")
    journal = tmp_path / "journal.jsonl"
    journal.write_text('{"at": "2027-01-01", "what": "start"}\n{"at": "2027-01-02", "wh')
    status = [{"machine": "pump", "reason": f"rtsp://cam:{SECRET}@10.0.0.7 refused"}]
    content = support_bundle(store, tmp_path, settings, status, journal)
    store.close()
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        texts = {name: bundle.read(name).decode() for name in bundle.namelist()}
    assert not [name for name, text in texts.items() if SECRET in text]
    assert json.loads(texts["settings.json"])["machine"][0]["source"]["url"] == "rtsp://...@10.0.0.7/audio?..."
    assert json.loads(texts["status.json"])[0]["reason"] == "rtsp://...@10.0.0.7 refused"
    assert [entry["what"] for entry in json.loads(texts["journal.json"])] == ["start"]
    assert json.loads(texts["system.json"])["packages"]["numpy"]


def test_the_facts_are_of_this_system(tmp_path: Path) -> None:
    store = Store(tmp_path / "plant.db")
    facts = system_facts(store, tmp_path)
    store.close()
    assert facts["memory_mb"] > 20
    assert 0 < facts["disk_free_mb"] <= facts["disk_mb"]
    assert facts["database_mb"] > 0


def test_a_line_of_the_journal_that_lacks_something_has_it_empty(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    journal.write_text('{}\n[1]\n{"what": "error", "why": "full", "database": "plant.db"}\n')
    empty = {"at": "", "what": "", "why": "", "version": ""}
    assert journal_lines(journal) == [{**empty, "what": "error", "why": "full", "database": "plant.db"}, empty]


def test_a_journal_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    assert journal_lines(None) == journal_lines(tmp_path / "none") == []
