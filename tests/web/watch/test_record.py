"""A clip that a visitor records, and what a telephone needs to install the plant."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from starlette.testclient import TestClient
from tests.conftest import Hum
from tests.web.watch.conftest import ROW, Stated

import offkey
from offkey.watch.life.normal_set import NormalSet
from offkey.web.app import create_app
from offkey.web.security import Guard
from offkey.web.tokens import Scope, Tokens
from offkey.web.watch.part import watch_part
from offkey.web.watch.plant import Plant

NAME = {"name": ROW["machine"]}
ORIGIN = {"Origin": "http://127.0.0.1:8001"}


@pytest.fixture
def clip(hum: Hum) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, hum(7, seconds=2, tone_hz=3000), 16_000, format="WAV")
    return file.getvalue()


def test_a_recorded_clip_is_scored_by_the_model_of_the_machine(
    client: TestClient, monitor: Stated, clip: bytes, normal_folder: Path
) -> None:
    assert client.post("/record/score", params=NAME, content=clip, headers=ORIGIN).status_code == 404
    monitor.kept_model = offkey.fit(normal_folder, detector="knn", progress=False)
    answer = client.post("/record/score", params=NAME, content=clip, headers=ORIGIN).json()
    assert answer["anomalous"]
    assert answer["sentence"].startswith("It sounds wrong: score ")


def test_only_who_may_review_adds_to_the_normal_set(plant: Plant, clip: bytes, tmp_path: Path) -> None:
    tokens = Tokens.make(tmp_path / "tokens.txt")
    app = create_app([watch_part(plant)], title="offkey watch", guard=Guard(tokens=tokens, programs=True))
    client = TestClient(app, base_url="http://127.0.0.1:8001")
    for scope, status in ((Scope.read, 403), (Scope.review, 200)):
        headers = {"Authorization": f"Bearer {tokens.add(scope.name, scope)}"}
        assert client.post("/record/normal", params=NAME, content=clip, headers=headers).status_code == status
    (joined,) = NormalSet(tmp_path, ROW["machine"]).clips()
    assert (soundfile.info(joined).format, soundfile.info(joined).frames) == ("FLAC", 32_000)


@pytest.mark.parametrize("path", ["/record/score", "/record/normal"])
def test_what_is_no_sound_is_refused_in_a_sentence(
    client: TestClient, monitor: Stated, plant: Plant, path: str, normal_folder: Path
) -> None:
    monitor.kept_model = offkey.fit(normal_folder, detector="knn", progress=False)
    answer = client.post(path, params=NAME, content=b"this is no sound", headers=ORIGIN)
    assert answer.status_code == 422
    assert "The clip" in answer.text
    assert client.post(path, params={"name": "none"}, content=b"x", headers=ORIGIN).status_code == 404
    assert NormalSet(plant.folder, ROW["machine"]).clips() == []


def test_a_clip_of_more_channels_than_flac_has_is_refused(client: TestClient, plant: Plant) -> None:
    file = io.BytesIO()
    soundfile.write(file, np.full((8000, 9), 0.1), 16_000, format="WAV")
    answer = client.post("/record/normal", params=NAME, content=file.getvalue(), headers=ORIGIN)
    assert (answer.status_code, "9 channels at 16000 Hz" in answer.text) == (422, True)
    assert NormalSet(plant.folder, ROW["machine"]).clips() == []


@pytest.mark.parametrize(
    "place", ["offkey.web.api.uploads.TemporaryDirectory", "offkey.watch.life.normal_set.write_bytes"]
)
def test_a_full_disk_is_a_sentence(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, clip: bytes, place: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(place, full)
    answer = client.post("/record/normal", params=NAME, content=clip, headers=ORIGIN)
    assert (answer.status_code, "(No space left on device): make room" in answer.text) == (507, True)


def test_the_plant_can_be_installed_below_the_path_of_a_proxy(plant: Plant) -> None:
    app = create_app([watch_part(plant)], title="offkey watch")
    client = TestClient(app, base_url="http://127.0.0.1:8001", root_path="/hall")
    assert 'href="/hall/manifest.webmanifest"' in client.get("/hall/").text
    answer = client.get("/hall/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["start_url"], manifest["display"]) == ("/hall/", "standalone")
    assert [client.get(icon["src"]).content[:4] for icon in manifest["icons"]] == [b"\x89PNG"] * 2
