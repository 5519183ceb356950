"""Answers for supervisors and Prometheus; the monitor is a stand-in whose state the test chooses."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import pytest
from starlette.testclient import TestClient
from tests.web.watch.conftest import NOW, ROW, Stated

from offkey.watch.clock import MovedClock
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.rows import Message
from offkey.watch.store.store import Store


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
    assert 'offkey_armed{machine="fan"} 0.0' in lines
    assert 'offkey_window_end_seconds{machine="fan"} 1.80000000025e+09' in lines


def test_metrics_count_events_and_messages_and_say_how_late_all_is(
    client: TestClient, store: Store, monitor: Stated, clock: MovedClock
) -> None:
    change = Change("e", "fan", "new", "fast", 2.0, 1.0, None, 3.0, "m")
    message = Message("1", "email", "new", {}, NOW, NOW, "1")
    more = [replace(message, id="2", key="2", created=NOW + 5), replace(message, id="3", key="3", status="held")]
    store.write(Findings([change, replace(change, kind="update")], messages=[message, *more]))
    monitor.rows[0]["machine"] = "pump"
    clock.move(60)
    lines = client.get("/metrics").text.splitlines()
    assert "# TYPE offkey_events_total counter" in lines
    assert [line for line in lines if line.startswith(("offkey_events_total{", "offkey_message", "offkey_lag"))] == [
        'offkey_lag_seconds{machine="pump"} 59.75',
        'offkey_events_total{machine="pump"} 0.0',
        'offkey_events_total{machine="fan"} 1.0',
        'offkey_messages{channel="email",status="held"} 1.0',
        'offkey_messages{channel="email",status="pending"} 2.0',
        'offkey_message_waiting_seconds{channel="email"} 60.0',
    ]


def test_metrics_pass_the_check_of_prometheus(client: TestClient, store: Store) -> None:
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed")
    store.write(Findings(messages=[Message("1", "email", "new", {}, NOW, NOW, "1")]))
    text = client.get("/metrics").content
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
