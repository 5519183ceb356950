"""The page of a machine's life: what a person sees and does there."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient
from tests.web.watch.conftest import NOW, ROW, Stated

import offkey
from offkey.watch.findings import Findings
from offkey.watch.life.reviews import shelved_until
from offkey.watch.machine_model import load_model
from offkey.watch.minutes import Minute
from offkey.watch.store.store import Store
from offkey.web.app import create_app
from offkey.web.security import Guard
from offkey.web.tokens import Scope, Tokens
from offkey.web.watch.part import watch_part
from offkey.web.watch.plant import Plant

NAME = ROW["machine"]
ORIGIN = {"Origin": "http://127.0.0.1:8001"}


@pytest.fixture
def model_file(tmp_path: Path, normal_folder: Path) -> Path:
    path = tmp_path / "m.offkey"
    offkey.fit(normal_folder, detector="knn", progress=False).save(path)
    return path


def test_a_machine_without_enough_shadow_says_when_it_will_be_enough(client: TestClient, model_file: Path) -> None:
    text = client.get("/life", params={"name": NAME}).text
    assert "is too short to promise anything" in text
    refused = client.post("/life/arm", data={"machine": NAME, "sensitivity": "1"}, headers=ORIGIN)
    assert (refused.status_code, "too short to promise" in refused.text) == (400, True)


@pytest.mark.parametrize("is_folder", [False, True])
def test_a_model_file_that_cannot_be_read_is_a_sentence(client: TestClient, tmp_path: Path, is_folder: bool) -> None:
    path = tmp_path / "m.offkey"
    path.mkdir() if is_folder else path.write_bytes(b"no model")
    sentence = "Is a directory" if is_folder else "is no offkey model"
    page = client.get("/life", params={"name": NAME})
    assert (page.status_code, sentence in page.text) == (200, True)
    refused = client.post("/life/arm", data={"machine": NAME, "sensitivity": "1"}, headers=ORIGIN)
    assert (refused.status_code, sentence in refused.text) == (422, True)


def test_a_machine_that_has_no_model_is_learning(client: TestClient) -> None:
    assert "has no model yet" in client.get("/life", params={"name": NAME}).text
    assert client.get("/life", params={"name": "none"}).status_code == 404


def test_a_machine_is_shelved_for_a_reason_and_taken_back(client: TestClient, store: Store) -> None:
    refused = client.post("/life/shelve", data={"machine": NAME, "until": "8h"}, headers=ORIGIN)
    assert (refused.status_code, "for a reason" in refused.text) == (400, True)
    client.post(
        "/life/shelve", data={"machine": NAME, "until": "8h", "comment": "cleaning", "by": "Ben"}, headers=ORIGIN
    )
    row = shelved_until(store, NOW)[NAME]
    assert (row["until"], row["reason"], row["by"]) == (NOW + 8 * 3600, "cleaning", "Ben")
    assert "Nobody is told of its events until" in client.get("/life", params={"name": NAME}).text
    client.post("/life/unshelve", data={"machine": NAME}, headers=ORIGIN)
    assert shelved_until(store, NOW) == {}


@pytest.mark.parametrize(
    ("act", "step"),
    [("learn", "learning"), ("shadow", "shadow"), ("out-of-service", "out of service"), ("in-service", "in service")],
)
def test_each_step_is_kept_with_who_and_why(
    client: TestClient, store: Store, model_file: Path, act: str, step: str
) -> None:
    form = {"machine": NAME, "comment": "new impeller", "by": "Ann"}
    answer = client.post(f"/life/{act}", data=form, headers=ORIGIN, follow_redirects=False)
    assert answer.status_code == 303
    (row,) = store.life.steps(NAME)
    assert (row["step"], row["by"], row["comment"]) == (step, "Ann", "new impeller")
    assert "new impeller" in client.get("/life", params={"name": NAME}).text


@pytest.mark.parametrize(
    ("act", "form", "status"),
    [
        ("arm", {"sensitivity": "x"}, 400),
        ("shelve", {"until": "yesterday", "comment": "why"}, 400),
        ("learn", {"machine": "none"}, 404),
        ("shadow", {}, 400),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_keeps_nothing(
    client: TestClient, store: Store, act: str, form: dict[str, str], status: int
) -> None:
    assert client.post(f"/life/{act}", data={"machine": NAME, **form}, headers=ORIGIN).status_code == status
    assert store.life.steps(NAME) == []
    assert store.life.acts() == []


def test_a_reviewer_may_shelve_and_an_admin_alone_may_arm(
    plant: Plant, store: Store, model_file: Path, tmp_path: Path, monitor: Stated
) -> None:
    tokens = Tokens.make(tmp_path / "tokens.txt")
    app = create_app([watch_part(plant)], title="offkey watch", guard=Guard(tokens=tokens, programs=True))
    client = TestClient(app, base_url="http://127.0.0.1:8001")
    headers = {"Authorization": f"Bearer {tokens.add('anna', Scope.review)}"}
    shelved = {"machine": NAME, "until": "1h", "comment": "cleaning"}
    assert client.post("/life/shelve", data=shelved, headers=headers).status_code == 200
    assert client.post("/life/learn", data={"machine": NAME}, headers=headers).status_code == 403
    headers = {"Authorization": f"Bearer {tokens.add('boss', Scope.admin)}"}
    assert client.post("/life/learn", data={"machine": NAME}, headers=headers).status_code == 200


def test_the_sensitivity_that_a_person_chose_is_the_one_that_is_checked(
    client: TestClient, store: Store, plant: Plant, model_file: Path
) -> None:
    _, model_id = load_model(plant.settings.machine[0], model_file.parent)
    surprises = np.random.default_rng(0).exponential(2.0, 1260).clip(0, 12).astype("<f4").tobytes()
    store.write(Findings(minutes=[Minute(NAME, model_id, int(NOW), 1260, 0, 0.0, 0.0, 0.0, surprises)]))
    assert "So far: expected" in client.get("/life/promise", params={"name": NAME, "ready": "true"}).text
    assert re.search(r'value="1" checked', client.get("/life", params={"name": NAME}).text)
    client.post("/life/arm", data={"machine": NAME, "sensitivity": "10"}, headers=ORIGIN)
    assert re.search(r'value="10" checked', client.get("/life", params={"name": NAME}).text)


def test_a_page_is_loaded_again_when_the_phase_or_the_promise_is_another(client: TestClient, monitor: Stated) -> None:
    monitor.rows[0] |= {"phase": "shadow", "level": None}
    same = client.get("/life/progress", params={"name": NAME, "phase": "shadow"})
    assert ("3.1 days of 3 days of normal sound" in same.text, "hx-refresh" in same.headers) == (True, False)
    assert client.get("/life/progress", params={"name": NAME, "phase": "learning"}).headers["hx-refresh"] == "true"
    assert "hx-refresh" not in client.get("/life/promise", params={"name": NAME, "ready": "false"}).headers
    assert client.get("/life/promise", params={"name": NAME, "ready": "true"}).headers["hx-refresh"] == "true"
