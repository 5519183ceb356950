"""The page of an event: its words, its sound, and what people say of it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from starlette.testclient import TestClient
from tests.web.watch.conftest import CHANGE, EVENT, NOW, Stated

import offkey
from offkey.watch.findings import Findings
from offkey.watch.rows import Explanation
from offkey.watch.store.store import Store
from offkey.web.app import create_app
from offkey.web.security import Guard
from offkey.web.tokens import Scope, Tokens
from offkey.web.watch.part import watch_part
from offkey.web.watch.plant import Plant

ORIGIN = {"Origin": "http://127.0.0.1:8001"}


def test_the_page_says_what_it_was_and_what_to_do(client: TestClient, kept: Path) -> None:
    text = client.get(f"/event?event={EVENT}").text
    assert "sounded wrong from 2027-01-15 08:59:00 CET to 2027-01-15 08:59:10 CET" in text
    assert "A hiss at 3 to 4 kHz." in text
    assert "review the event" in text
    assert "3000 to 4000 Hz" in text
    assert f"/event/clip.flac?event={EVENT}&amp;number=0&amp;v=" in text


def test_the_sound_is_the_file_and_can_be_asked_for_in_parts(client: TestClient, kept: Path) -> None:
    address = f"/event/clip.flac?event={EVENT[:8]}"
    whole = client.get(address)
    assert (whole.content, whole.headers["content-type"]) == (kept.read_bytes(), "audio/flac")
    part = client.get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, kept.read_bytes()[10:20])
    assert client.get(f"/event/clip.png?event={EVENT}").content.startswith(b"\x89PNG")


def test_what_is_not_there_is_a_sentence(client: TestClient, kept: Path) -> None:
    for path, sentence in (
        (f"/event/clip.flac?event={EVENT}&number=1", "no such clip"),
        (f"/event/normal.flac?event={EVENT}", "no sound of such a normal clip"),
    ):
        answer = client.get(path)
        assert (answer.status_code, sentence in answer.text) == (404, True)
    assert client.get("/event?event=ffff").status_code == 404
    assert client.get("/event?event=../../x").status_code == 400
    kept.unlink()
    assert "is gone from its folder" in client.get(f"/event/clip.flac?event={EVENT}").text


def test_the_nearest_normal_clip_is_the_sound_that_the_model_keeps(
    client: TestClient, store: Store, monitor: Stated, normal_folder: Path
) -> None:
    model = offkey.fit(normal_folder, detector="knn", keep_references=2, progress=False)
    monitor.kept_model = model
    assert model.reference is not None
    row = int(next(iter(model.reference.sounds)))
    normal = {"name": model.reference.names[row], "start_s": float(model.reference.spans_s[row][0]), "sha256": "x"}
    explanation = Explanation(EVENT, NOW, "It hums.", {"normal": {**normal, "end_s": 2.0, "distance": 1.0}})
    store.write(Findings([CHANGE], explanations=[explanation]))
    samples, rate = soundfile.read(io.BytesIO(client.get(f"/event/normal.flac?event={EVENT}").content))
    expected = model.reference.sound(row)
    assert rate == model.rate
    np.testing.assert_allclose(samples, expected, atol=1e-4)


def test_a_review_is_kept_with_its_comment_and_shown(client: TestClient, kept: Path, store: Store) -> None:
    form = {"event": EVENT, "verdict": "false", "comment": "a truck <passed>", "by": "Anna", "join_normal": "yes"}
    answer = client.post("/event/review", data=form, headers=ORIGIN, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/event?event={EVENT}")
    (review,) = store.life.reviews(EVENT)
    assert (review["verdict"], review["by"], review["comment"]) == ("false", "Anna", "a truck <passed>")
    assert review["join_normal"]
    text = client.get(f"/event?event={EVENT}").text
    assert "a truck &lt;passed&gt;" in text
    assert "joined the normal set" in text


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/event/review", {"event": EVENT, "verdict": "perhaps"}, 400),
        ("/event/review", {"event": EVENT}, 400),
        ("/event/review", {"event": EVENT, "verdict": "true", "join_normal": "yes"}, 400),
        ("/event/review", {"event": "f" * 32, "verdict": "true"}, 404),
        ("/event/acknowledge", {"event": "f" * 32}, 404),
    ],
)
def test_a_review_that_cannot_be_is_refused_and_not_kept(
    client: TestClient, kept: Path, store: Store, path: str, form: dict[str, str], status: int
) -> None:
    assert client.post(path, data=form, headers=ORIGIN).status_code == status
    assert store.life.reviews(EVENT) == []


def test_an_event_is_acknowledged(client: TestClient, kept: Path, store: Store) -> None:
    client.post("/event/acknowledge", data={"event": EVENT, "by": "Ben"}, headers=ORIGIN)
    (act,) = store.life.acts()
    assert (act["what"], act["by"], act["event"]) == ("acknowledge", "Ben", EVENT)
    assert "Acknowledged by Ben" in client.get(f"/event?event={EVENT}").text


def test_who_may_only_read_cannot_review_and_the_name_is_that_of_the_token(
    plant: Plant, kept: Path, store: Store, tmp_path: Path
) -> None:
    tokens = Tokens.make(tmp_path / "tokens.txt")
    client = TestClient(
        create_app([watch_part(plant)], title="offkey watch", guard=Guard(tokens=tokens, programs=True)),
        base_url="http://127.0.0.1:8001",
    )
    form = {"event": EVENT, "verdict": "true", "by": "somebody else"}
    for name, scope, status in (("wall", Scope.read, 403), ("anna", Scope.review, 200)):
        headers = {"Authorization": f"Bearer {tokens.add(name, scope)}"}
        assert client.get(f"/event?event={EVENT}", headers=headers).status_code == 200
        assert client.post("/event/review", data=form, headers=headers).status_code == status
    (review,) = store.life.reviews(EVENT)
    assert review["by"] == "anna"
