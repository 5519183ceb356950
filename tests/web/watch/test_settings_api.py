"""Settings over the API: what the page shows, says and writes."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.web.watch.conftest import Stated
from tests.web.watch.test_settings import TEXT

from offkey.errors import OffkeyError
from offkey.watch.settings import read_settings
from offkey.web.app import create_app
from offkey.web.security import Guard
from offkey.web.tokens import Scope, Tokens
from offkey.web.watch.part import watch_part
from offkey.web.watch.plant import Plant


@pytest.fixture
def program(plant: Plant, plant_file: Path, monitor: Stated) -> TestClient:
    """A program on the computer of a plant with two machines."""
    plant_file.write_text(TEXT)
    monitor.settings = read_settings(plant_file)
    app = create_app([watch_part(plant)], title="offkey watch", guard=Guard(programs=True))
    return TestClient(app, base_url="http://127.0.0.1:8001")


def _put(program: TestClient, **changes: Any) -> dict[str, Any]:
    digest = program.get("/api/settings").json()["digest"]
    answer = program.put("/api/settings", json={"digest": digest, **changes})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_values_of_the_file_are_shown_without_a_secret(program: TestClient) -> None:
    answer = program.get("/api/settings")
    assert "secret" not in answer.text
    found = answer.json()
    assert (found["plant"]["plant.name"], found["plant"]["plant.alarms_per_week"]) == ("hall 2", 2)
    assert found["plant"]["quiet.from"] is None
    pump, fan = found["machines"]["pump 7"], found["machines"]["fan"]
    assert (pump["source.kind"], pump["source.url"], pump["source.channels"]) == (
        "ffmpeg",
        "rtsp://***@camera/audio",
        1,
    )
    assert (fan["hop_s"], fan["sensitivity"], fan["source.kind"]) == (2, None, "stdin")


def test_changes_are_said_first_and_written_when_they_come_again(program: TestClient, plant_file: Path) -> None:
    changes = {"machines": {"fan": {"hop_s": 1.5}}, "plant": {"plant.alarms_per_week": 2, "quiet.from": None}}
    said = _put(program, **changes)
    assert said["written"] is False
    assert said["sentences"] == ["fan: hop 1.5 s instead of 2 s; its shadow begins anew"]
    assert plant_file.read_text() == TEXT
    other = _put(program, machines={"fan": {"hop_s": 3}}, proposed=said["proposed"])
    assert (other["written"], plant_file.read_text()) == (False, TEXT)
    assert _put(program, **changes, proposed=said["proposed"])["written"] is True
    assert plant_file.read_text() == TEXT.replace("hop_s = 2", "hop_s = 1.5")


def test_what_was_read_changes_nothing_where_it_is_sent_back(program: TestClient) -> None:
    found = program.get("/api/settings").json()
    found["machines"]["fan"].pop("source.kind")  # which no page changes
    said = _put(program, plant=found["plant"], machines=found["machines"])
    assert said["sentences"] == []


def test_a_machine_gets_another_source_and_one_is_removed(program: TestClient, plant_file: Path) -> None:
    changes = {"machines": {"pump 7": {"source.kind": "folder", "source.path": "in"}, "fan": None}}
    said = _put(program, **changes)
    gone, pump = said["sentences"]
    assert (gone, pump[:25], "connected anew" in pump) == ("fan is removed", "pump 7: another source, f", True)
    assert _put(program, **changes, proposed=said["proposed"])["written"] is True
    (machine,) = read_settings(plant_file).machine
    assert (machine.name, machine.source.kind) == ("pump 7", "folder")


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"machines": {"fan": {"hop_s": 0}}}, 400, "machine.2.hop_s: Input should be greater than or equal to 0.1"),
        ({"machines": {"fan": {"hop": 1}}}, 404, "There is no setting 'hop' of fan: /api/settings lists"),
        ({"machines": {"press": {}}}, 404, "There is no machine 'press'"),
        ({"plant": {"machine.0.hop_s": 1}}, 404, "There is no setting 'machine.0.hop_s' of the plant"),
        ({"plant": {"plant.zone": "Mars"}}, 400, "'Mars' is no time zone"),
        ({"plant": {"plant.name": {"a": 1}}}, 400, "is not as expected"),
        ({"digest": "0"}, 400, "is not the one of this digest: get /api/settings again"),
        ({"machines": {"pump 7": {"source.url": "file:///etc/passwd"}}}, 400, "An address begins with one of rtsp://"),
    ],
)
def test_what_is_wrong_is_a_problem_and_nothing_is_written(
    program: TestClient, plant_file: Path, changes: dict[str, Any], status: int, said: str
) -> None:
    digest = program.get("/api/settings").json()["digest"]
    answer = program.put("/api/settings", json={"digest": digest} | changes)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert said in answer.json()["detail"]
    assert plant_file.read_text() == TEXT


def test_an_admin_alone_reads_and_changes_them(plant: Plant, tmp_path: Path, program: TestClient) -> None:
    tokens = Tokens.make(tmp_path / "tokens.txt")
    app = create_app([watch_part(plant)], title="offkey watch", guard=Guard(tokens=tokens, programs=True))
    client = TestClient(app, base_url="http://127.0.0.1:8001")
    for scope, status in ((Scope.review, 403), (Scope.admin, 200)):
        headers = {"Authorization": f"Bearer {tokens.add(scope.name, scope)}"}
        found = client.get("/api/settings", headers=headers)
        assert found.status_code == status
        body = {"digest": program.get("/api/settings").json()["digest"]}
        assert client.put("/api/settings", headers=headers, json=body).status_code == status


def test_a_disk_that_is_full_is_a_problem_and_the_file_stays(
    program: TestClient, plant_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        cause = OSError(errno.ENOSPC, "No space left on device")
        raise OffkeyError("plant.toml cannot be written: No space left on device.") from cause

    before = plant_file.read_bytes()
    body = {"digest": program.get("/api/settings").json()["digest"], "plant": {"plant.name": "hall 3"}}
    proposed = program.put("/api/settings", json=body).json()["proposed"]
    monkeypatch.setattr("offkey.watch.edit.plant_editor.atomic_text", full)
    answer = program.put("/api/settings", json={**body, "proposed": proposed})
    assert (answer.status_code, answer.json()["detail"][:30]) == (507, "plant.toml cannot be written: ")
    assert plant_file.read_bytes() == before


def test_another_method_is_refused_with_those_that_there_are(program: TestClient) -> None:
    answer = program.delete("/api/settings")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PUT")
    assert answer.json()["detail"] == "This address takes another method: GET, PUT, not DELETE."
