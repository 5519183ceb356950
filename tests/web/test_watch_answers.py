"""What a monitor answers over HTTP; the monitor is a stand-in whose state the test chooses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.store.store import Store
from offkey.web.app import create_app
from offkey.web.watch.answers import watch_part

ROW = {
    "machine": 'pump "7"\\',
    "phase": "armed",
    "source": "healthy",
    "reason": "",
    "fresh": True,
    "event": True,
    "level": "warning",
    "score": 1.5,
    "p_value": 0.01,
    "window_end": 1_800_000_000.25,
}


class Stated:
    """In place of a monitor."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = [dict(ROW)]
        self.scoring = True

    def status(self) -> list[dict[str, Any]]:
        return self.rows

    def is_scoring(self) -> bool:
        return self.scoring


@pytest.fixture
def monitor() -> Stated:
    return Stated()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "plant.db")
    yield opened
    opened.close()


@pytest.fixture
def client(monitor: Stated, store: Store) -> TestClient:
    app = create_app([watch_part(monitor, store)], title="offkey watch")  # type: ignore[arg-type]
    return TestClient(app, base_url="http://127.0.0.1:8001")


def test_health_cannot_lie(client: TestClient, monitor: Stated) -> None:
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "alive")
    assert (client.get("/readyz").status_code, client.get("/readyz").json()["ready"]) == (200, True)
    monitor.rows.append({**ROW, "machine": "fan", "fresh": False, "source": "stalled"})
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "not_fresh": [{"machine": "fan", "source": "stalled"}]}
    assert client.get("/healthz").status_code == 200
    monitor.rows.pop()
    monitor.scoring = False
    assert client.get("/healthz").status_code == 503
    assert client.get("/readyz").status_code == 503


def test_metrics_are_text_for_prometheus(client: TestClient, monitor: Stated) -> None:
    monitor.rows.append({**ROW, "machine": "fan", "phase": "shadow", "score": None})
    answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    assert "# TYPE offkey_score gauge" in lines
    scores = [line for line in lines if line.startswith("offkey_score{")]
    assert scores == ['offkey_score{machine="pump \\"7\\"\\\\"} 1.5']
    assert 'offkey_armed{machine="fan"} 0' in lines
    assert 'offkey_window_end_seconds{machine="fan"} 1800000000.25' in lines


def test_events_are_listed_from_where_the_reader_was(client: TestClient, store: Store) -> None:
    assert client.get("/api/events").json() == {"events": []}
    new = Change("e", "pump", "new", "fast", 2.0, 1.0, None, 3.0, "m")
    store.write(Findings([new]))
    (event,) = client.get("/api/events").json()["events"]
    assert (event["seq"], event["event"], event["kind"], event["ended"]) == (1, "e", "new", None)
    assert client.get("/api/events?after=1").json() == {"events": []}
    assert client.get("/api/events?limit=0").status_code == 400


def test_the_state_of_all_machines_is_one_object(client: TestClient) -> None:
    assert client.get("/api/status").json() == {"machines": [ROW]}
