"""A database that goes away and comes back: pages and answers say so, and recover by themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.watch.store.postgres import Server, find_programs, running_server
from tests.web.watch.conftest import EVENT, Stated

from offkey.watch.clock import MovedClock
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.store.store import Store
from offkey.web.app import create_app
from offkey.web.security import Guard
from offkey.web.watch.part import watch_part
from offkey.web.watch.plant import Plant

CHANGE = Change(EVENT, "pump", "new", "fast", 2.0, 1.0, None, 3.0, "m")
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed in /usr/lib/postgresql")
    with running_server(programs) as running:
        yield running


@pytest.fixture
def store(server: Server) -> Iterator[Store]:
    opened = Store(server.create())
    yield opened
    opened.close()


def test_pages_and_answers_say_that_the_database_is_away_and_recover(
    client: TestClient, store: Store, server: Server, plant: Plant, clock: MovedClock
) -> None:
    store.write(Findings([CHANGE]))
    assert json.loads(plant.live_state())["seq"] == 1
    clock.move(60)
    pages, answers = (
        ("/", "/events", f"/event?event={EVENT}", "/quality"),
        ("/api/events", "/api/messages", "/api/sources"),
    )
    server.stop()
    try:
        for path in pages:
            page = client.get(path, headers=PAGE)
            assert (page.status_code, page.headers.get("retry-after")) == (503, "10"), (path, page.text)
            assert "cannot be reached" in page.text
            assert "Machines are listened to all the same" in page.text
        for path in answers:
            answer = client.get(path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "10"), path
            assert answer.headers["content-type"] == "application/problem+json"
            problem = answer.json()
            assert (problem["title"], problem["status"]) == ("Service Unavailable", 503)
            assert "cannot be reached" in problem["detail"]
        program = TestClient(
            create_app([watch_part(plant)], title="offkey watch", guard=Guard(programs=True)),
            base_url="http://127.0.0.1:8001",
        )
        acted = program.post(f"/api/events/{EVENT}/acknowledge", json={"by": "me"})
        assert (acted.status_code, acted.headers["content-type"]) == (503, "application/problem+json")
    finally:
        server.start()
    for path in (*pages, *answers):
        assert client.get(path, headers=PAGE).status_code == 200, path


def test_the_state_and_the_metrics_of_machines_go_on_without_the_database(
    client: TestClient, store: Store, server: Server, plant: Plant, monitor: Stated, clock: MovedClock
) -> None:
    store.write(Findings([CHANGE]))
    before = json.loads(plant.live_state())
    clock.move(60)
    monitor.rows[0]["score"] = 9.5
    assert "offkey_database 1.0" in client.get("/metrics").text
    server.stop()
    try:
        state = json.loads(plant.live_state())
        assert (state["seq"], state["machines"][0]["score"]) == (before["seq"], 9.5)
        metrics = client.get("/metrics")
        assert metrics.status_code == 200
        assert "offkey_database 0.0" in metrics.text
        assert "offkey_score{" in metrics.text
        assert "offkey_events_total" not in metrics.text
        assert client.get("/readyz").status_code == 200
    finally:
        server.start()
