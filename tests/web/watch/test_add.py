"""A machine is added on a page, and its level is shown before."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from offkey.errors import OffkeyError
from offkey.watch.acquisition.microphones import Microphone
from offkey.web.app import create_app
from offkey.web.security import Guard
from offkey.web.tokens import Scope, Tokens
from offkey.web.watch.part import watch_part
from offkey.web.watch.plant import Plant

ORIGIN = {"Origin": "http://127.0.0.1:8001"}
FAN = {"name": "fan 9", "source.kind": "simulated", "source.machine": "fan", "learn_hours": "0,5", "shadow_days": "2"}


def test_a_machine_is_written_into_the_file_and_led_on_to_its_life(client: TestClient, plant_file: Path) -> None:
    before = plant_file.read_text()
    answer = client.post("/add", data=FAN | {"area": "hall 2"}, headers=ORIGIN, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/life?name=fan+9")
    text = plant_file.read_text()
    assert text.startswith(before)
    assert tomllib.loads(text)["machine"][1] == {
        "name": "fan 9",
        "model": "models/fan 9.offkey",
        "area": "hall 2",
        "learn_hours": 0.5,
        "shadow_days": 2,
        "source": {"kind": "simulated", "machine": "fan"},
    }


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": " "}, "A machine needs a name"),
        ({"name": 'pump "7"\\'}, "There is a machine"),
        ({"source.kind": "stdin"}, "Pick a source"),
        ({"source.kind": "ffmpeg"}, "the url is missing"),
        ({"source.kind": "ffmpeg", "source.url": "file:///etc/passwd"}, "An address begins with one of rtsp://"),
        ({"source.kind": "ffmpeg", "source.url": "rtsp://***@cam"}, "write user and password again"),
        ({"source.kind": "soundcard", "source.microphone": "usb:1", "source.channels": "0"}, "from 1 to 64"),
        ({"source.kind": "soundcard", "source.microphone": "mine"}, "is no identity of a microphone"),
        ({"learn_hours": "long"}, "The learn hours must be a number"),
        ({"learn_hours": "0.01"}, "machine.2.learn_hours: Input should be greater than or equal to 0.06"),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed_and_nothing_is_written(
    client: TestClient, plant_file: Path, form: dict[str, str], said: str
) -> None:
    before = plant_file.read_text()
    answer = client.post("/add", data=FAN | {"area": "hall <2>"} | form, headers=ORIGIN)
    assert (answer.status_code, plant_file.read_text()) == (400, before)
    text = answer.text.replace("&#39;", "'")
    assert said in text
    assert 'value="hall &lt;2&gt;"' in text


def test_microphones_are_offered_by_their_identity(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        Microphone(0, "UMIK", 1, 48_000, ("usb:1:2:3", "name:UMIK")),
        Microphone(1, "pulse", 2, 44_100, ("name:pulse",)),
    ]
    monkeypatch.setattr("offkey.web.watch.pages.add.list_microphones", lambda: found)
    text = client.get("/add/microphones", params={"chosen": "usb:9:9:9"}).text
    assert '<option value="usb:1:2:3">UMIK (usb:1:2:3, 1 channel, 48000 Hz)</option>' in text
    assert "2 channels, 44100 Hz), given by a sound server" in text
    assert '<option value="usb:9:9:9" selected>usb:9:9:9 (not there now)</option>' in text

    def none() -> list[Microphone]:
        raise OffkeyError("PortAudio is not installed.")

    monkeypatch.setattr("offkey.web.watch.pages.add.list_microphones", none)
    assert "PortAudio is not installed." in client.get("/add/microphones").text


def _levels(client: TestClient, source: Any, count: int) -> list[dict[str, Any]]:
    with client.websocket_connect("ws://127.0.0.1:8001/add/level", headers=ORIGIN) as socket:
        socket.send_text(source)
        return [socket.receive_json() for _ in range(count)]


def test_the_level_of_a_source_is_sent_while_somebody_sees_it(client: TestClient) -> None:
    found = _levels(client, '{"source.kind": "simulated", "source.machine": "fan"}', 12)
    assert any(-60 < row["level_db"] < 0 for row in found if row["level_db"] is not None)
    assert found[-1]["state"] == "healthy"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('{"source.kind": "ffmpeg", "source.url": "file:///etc/passwd"}', "An address begins with"),
        ('{"source.kind": "simulated", "source.machine": "loom"}', "cannot be simulated"),
        ("[1]", "must be a JSON object"),
        ("no json", "must be a JSON object"),
    ],
)
def test_a_source_that_cannot_be_tried_is_said(client: TestClient, source: str, said: str) -> None:
    assert said in _levels(client, source, 1)[0]["problem"]


def test_an_admin_alone_may_add_machines_and_listen(plant: Plant, tmp_path: Path) -> None:
    tokens = Tokens.make(tmp_path / "tokens.txt")
    app = create_app([watch_part(plant)], title="offkey watch", guard=Guard(tokens=tokens, programs=True))
    client = TestClient(app, base_url="http://127.0.0.1:8001")
    headers = {"Authorization": f"Bearer {tokens.add('anna', Scope.review)}"}
    assert client.get("/add", headers=headers).status_code == 403
    assert client.post("/add", data=FAN, headers=headers).status_code == 403
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("ws://127.0.0.1:8001/add/level", headers=headers):
        pass
    headers = {"Authorization": f"Bearer {tokens.add('boss', Scope.admin)}"}
    assert client.get("/add", headers=headers).status_code == 200
