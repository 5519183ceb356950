"""What programs do over the API is what people do on pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.web.watch.conftest import NOW, ROW

from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.life.reviews import shelved_until
from offkey.watch.store.store import Store
from offkey.web.app import create_app
from offkey.web.security import Guard
from offkey.web.tokens import Scope, Tokens
from offkey.web.watch.part import watch_part
from offkey.web.watch.plant import Plant

EVENT = "ab" * 16
PUMP = "/api/machines/pump%20%227%22%5C"


@pytest.fixture
def program(plant: Plant, store: Store) -> TestClient:
    """A program on this computer, which sends neither origin nor site."""
    store.write(Findings([Change(EVENT, ROW["machine"], "end", "fast", NOW, NOW - 60, NOW - 50, 3.0, "m")]))
    app = create_app([watch_part(plant)], title="offkey watch", guard=Guard(programs=True))
    return TestClient(app, base_url="http://127.0.0.1:8001")


def test_an_event_is_reviewed_and_acknowledged(program: TestClient, store: Store) -> None:
    done = program.post(f"/api/events/{EVENT[:8]}/review", json={"verdict": "false", "comment": "a truck", "by": "ha"})
    assert done.json() == {"machine": ROW["machine"], "event": EVENT, "promise": None}
    (review,) = store.life.reviews(EVENT)
    assert (review["verdict"], review["comment"], review["by"]) == ("false", "a truck", "ha")
    assert program.post(f"/api/events/{EVENT}/acknowledge", json={}).status_code == 200
    assert [act["what"] for act in store.life.acts()] == ["acknowledge"]


def test_a_machine_is_shelved_and_taken_out_of_service(program: TestClient, store: Store) -> None:
    assert program.post(f"{PUMP}/shelve", json={"until": "2h", "comment": "cleaning"}).status_code == 200
    assert shelved_until(store, NOW)[ROW["machine"]]["until"] == NOW + 7200
    assert program.post(f"{PUMP}/unshelve", json={}).status_code == 200
    assert shelved_until(store, NOW) == {}
    assert program.post(f"{PUMP}/out-of-service", json={"comment": "repair"}).status_code == 200
    assert [step["step"] for step in store.life.steps(ROW["machine"])] == ["out of service"]


def test_a_machine_whose_name_has_slashes_has_an_address(program: TestClient, plant: Plant, store: Store) -> None:
    named = plant.settings.machine[0].model_copy(update={"name": "hall 2/shelve"})
    plant.monitor.settings = plant.settings.model_copy(update={"machine": [named]})
    answer = program.post("/api/machines/hall%202%2Fshelve/shelve", json={"until": "2h", "comment": "cleaning"})
    assert answer.json()["machine"] == "hall 2/shelve"
    assert program.post("/api/machines/hall%202%2Fshelve/learn", json={}).status_code == 200
    assert [step["step"] for step in store.life.steps("hall 2/shelve")] == ["learning"]


def test_a_mistake_is_named_with_where_it_is_and_what_was_found(program: TestClient) -> None:
    path = f"/api/events/{EVENT}/review"
    details = [
        program.post(path, json={"verdict": "perhaps" * 100}).json()["detail"],
        program.post(path, json={}).json()["detail"],
        program.post(path, content=b'{"verdict"', headers={"Content-Type": "application/json"}).json()["detail"],
        program.post(path, content=b'{"verdict": "true"}', headers={"Content-Type": "text/plain"}).json()["detail"],
        program.get("/api/events?limit=many").json()["detail"],
    ]
    assert details[0].startswith(
        "The value of 'verdict' of the body or form is not as expected: Input should be 'true'"
    )
    assert "Found 'perhapsperhaps" in details[0]
    assert len(details[0]) < 250
    assert details[1] == "The value of 'verdict' of the body or form is missing."
    assert details[2].startswith("The body is no JSON, at character 10: Expecting")
    assert details[3].endswith("send a JSON object, with the header 'Content-Type: application/json'.")
    assert details[4].startswith("The value of 'limit' in the address is not as expected: Input should be a valid int")
    assert details[4].endswith("Found 'many'.")


@pytest.mark.parametrize(
    ("path", "body", "status", "detail"),
    [
        (f"/api/events/{EVENT}/review", {"verdict": "perhaps"}, 400, "verdict"),
        (f"/api/events/{EVENT}/review", {"verdict": "true", "more": 1}, 400, "more"),
        ("/api/events/ffffffff/review", {"verdict": "true"}, 404, "No event begins with"),
        (f"{PUMP}/shelve", {"until": "2h"}, 400, "comment"),
        (f"{PUMP}/arm", {}, 400, "has no model yet"),
        (f"{PUMP}/dance", {}, 400, "step"),
        ("/api/machines/none/shadow", {}, 404, "no machine 'none'"),
    ],
)
def test_what_cannot_be_done_is_a_problem(program: TestClient, path: str, body: Any, status: int, detail: str) -> None:
    answer = program.post(path, json=body)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert detail in answer.json()["detail"]


def test_a_token_for_reading_changes_nothing(plant: Plant, store: Store, tmp_path: Path) -> None:
    tokens = Tokens.make(tmp_path / "tokens.txt")
    guard = Guard(tokens=tokens, programs=True)
    client = TestClient(create_app([watch_part(plant)], title="offkey watch", guard=guard), base_url="http://127.0.0.1")
    headers = {"Authorization": f"Bearer {tokens.add('wall', Scope.read)}"}
    assert client.get("/api/status", headers=headers).status_code == 200
    for path in (f"/api/events/{EVENT}/acknowledge", f"{PUMP}/shadow", f"{PUMP}/unshelve"):
        assert client.post(path, json={}, headers=headers).status_code == 403
    assert store.life.acts() == []
