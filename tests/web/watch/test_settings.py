"""The page of the settings: what it shows, what it says will change, and what it writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.web.watch.conftest import Stated

from offkey.watch.edit.plant_editor import text_digest
from offkey.watch.settings import read_settings
from offkey.web.app import create_app
from offkey.web.security import Guard
from offkey.web.tokens import Scope, Tokens
from offkey.web.watch.part import watch_part
from offkey.web.watch.plant import Plant

ORIGIN = {"Origin": "http://127.0.0.1:8001"}
TEXT = """# hall 2
[plant]
name = "hall 2"   # as on the door
alarms_per_week = 2

[[machine]]
name = "pump 7"
model = "pump 7.offkey"
source = { kind = "ffmpeg", url = "rtsp://ann:secret@camera/audio" }

[[machine]]
name = "fan"
model = "fan.offkey"
hop_s = 2
source = { kind = "stdin", rate = 16000 }
"""


@pytest.fixture
def text(plant_file: Path, plant: Plant, monitor: Stated) -> str:
    plant_file.write_text(TEXT)
    monitor.settings = read_settings(plant_file)
    return TEXT


def _post(client: TestClient, **typed: str) -> str:
    form = {"digest": text_digest(TEXT)} | {name.replace("__", "."): value for name, value in typed.items()}
    answer = client.post("/settings", data=form, headers=ORIGIN)
    return answer.text.replace("&#39;", "'").replace("&#34;", '"')


def _proposed(page: str) -> str:
    found = re.search('name="proposed" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def test_the_page_shows_values_and_no_secret(client: TestClient, text: str) -> None:
    page = client.get("/settings").text
    assert 'name="plant.alarms_per_week" value="2"' in page
    assert 'name="machine.1.hop_s" value="2"' in page
    assert "rtsp://***@camera/audio" in page
    assert "Its source is of kind stdin" in page
    assert "secret" not in page


def test_what_will_change_is_said_before_it_is_saved(client: TestClient, plant_file: Path, text: str) -> None:
    page = _post(client, machine__1__hop_s="1", act="preview")
    assert "fan: hop 1 s instead of 2 s; its shadow begins anew" in page
    assert plant_file.read_text() == TEXT
    unseen = _post(client, machine__1__hop_s="1,5", act="save", proposed=_proposed(page))
    assert (plant_file.read_text(), "What will change" in unseen) == (TEXT, True)
    assert "Saved, and taken up" in _post(client, machine__1__hop_s="1", act="save", proposed=_proposed(page))
    assert plant_file.read_text() == TEXT.replace("hop_s = 2", "hop_s = 1")


@pytest.mark.parametrize(
    ("typed", "old", "new"),
    [
        ({"plant__name": "hall 3"}, 'name = "hall 2" ', 'name = "hall 3" '),
        ({"plant__alarms_per_week": ""}, "alarms_per_week = 2\n", ""),
        ({"machine__1__sensitivity": "10"}, "rate = 16000 }\n", "rate = 16000 }\nsensitivity = 10\n"),
        ({"machine__0__source__url": "rtsp://camera/b"}, "rtsp://ann:secret@camera/audio", "rtsp://camera/b"),
        ({"machine__0__source__channels": "2"}, 'audio" }', 'audio", channels = 2}'),
        ({"machine__0__source__url": "rtsp://***@camera/audio"}, "", ""),
        ({"keep__clips_days": "365"}, "", ""),
        (
            {"machine__0__source__kind": "folder", "machine__0__source__path": "in"},
            '{ kind = "ffmpeg", url = "rtsp://ann:secret@camera/audio" }',
            '{kind = "folder", path = "in"}',
        ),
    ],
)
def test_what_was_typed_alone_is_changed_in_the_file(
    client: TestClient, plant_file: Path, text: str, typed: dict[str, str], old: str, new: str
) -> None:
    _post(client, **typed, act="save", proposed=_proposed(_post(client, **typed)))
    assert plant_file.read_text() == TEXT.replace(old, new)


def test_quiet_hours_are_added_and_taken_away(client: TestClient, plant_file: Path, text: str) -> None:
    form = {"quiet.from": "22:00", "quiet.to": "06:00", "quiet.days": ["", "mon", "tue"], "quiet.passes": ["", "alarm"]}
    for _ in range(2):
        form["digest"] = text_digest(plant_file.read_text())
        page = client.post("/settings", data=form, headers=ORIGIN).text
        client.post("/settings", data=form | {"act": "save", "proposed": _proposed(page)}, headers=ORIGIN)
        form |= {"quiet.from": "", "quiet.to": ""}
        if "quiet" in plant_file.read_text():
            assert plant_file.read_text() == TEXT + '\n[quiet]\nfrom = "22:00"\nto = "06:00"\ndays = ["mon", "tue"]\n'
    assert "[quiet]" not in plant_file.read_text()


def test_a_machine_is_removed(client: TestClient, plant_file: Path, text: str) -> None:
    page = _post(client, machine__0__remove="yes")
    _post(client, machine__0__remove="yes", act="save", proposed=_proposed(page))
    assert "pump 7" not in plant_file.read_text()
    assert 'name = "fan"' in plant_file.read_text()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"machine__1__hop_s": "0"}, "line 14, machine.2.hop_s: Input should be greater than or equal to 0.1"),
        ({"machine__1__hop_s": "often"}, "The Hop in seconds must be a number. Got 'often' instead."),
        ({"plant__zone": "Mars"}, "'Mars' is no time zone"),
        ({"quiet__from": "late", "quiet__to": "06:00"}, 'a time of day is written as "22:00"'),
        ({"machine__0__source__url": "file:///etc/passwd"}, "An address begins with one of rtsp://"),
        ({"digest": "0"}, "was changed meanwhile: open the page again"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    client: TestClient, plant_file: Path, text: str, typed: dict[str, str], said: str
) -> None:
    page = _post(client, **typed, act="save")
    assert said in page
    assert plant_file.read_text() == TEXT
    assert all(f'value="{value}"' in page for name, value in typed.items() if name != "digest")


def test_a_file_that_is_no_plant_any_more_is_said(client: TestClient, plant_file: Path) -> None:
    plant_file.write_text("machine = 3\n")
    page = client.get("/settings").text
    assert "line 1, machine: a list in brackets is expected" in page
    assert "<form method=" not in page.partition("<main")[2].partition("</main>")[0]


def test_an_admin_alone_sees_and_changes_settings(plant: Plant, tmp_path: Path, text: str) -> None:
    tokens = Tokens.make(tmp_path / "tokens.txt")
    app = create_app([watch_part(plant)], title="offkey watch", guard=Guard(tokens=tokens, programs=True))
    client = TestClient(app, base_url="http://127.0.0.1:8001")
    headers = {"Authorization": f"Bearer {tokens.add('anna', Scope.review)}"}
    assert client.get("/settings", headers=headers).status_code == 403
    assert client.post("/settings", data={}, headers=headers).status_code == 403
    headers = {"Authorization": f"Bearer {tokens.add('boss', Scope.admin)}"}
    assert client.get("/settings", headers=headers).status_code == 200
