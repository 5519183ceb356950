"""Answers for supervisors and Prometheus; the monitor is a stand-in whose state the test chooses."""

from __future__ import annotations

from starlette.testclient import TestClient
from tests.web.watch.conftest import ROW, Stated


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
