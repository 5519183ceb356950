"""The routes of the API that a monitor answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient
from tests.web.watch.conftest import NOW, ROW, Stated

import offkey
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.minutes import Minute
from offkey.watch.store.store import Store
from offkey.web.problems import PROBLEM_TYPE

MACHINE = ROW["machine"]


def _minute(at: float, mean: float, windows: int = 6) -> Minute:
    return Minute(MACHINE, "m", int(at) // 60 * 60, windows, 0, mean - 1, mean, mean + 1, None)


def test_events_are_listed_from_where_the_reader_was(client: TestClient, store: Store) -> None:
    assert client.get("/api/events").json() == {"events": []}
    new = Change("e", "pump", "new", "fast", 2.0, 1.0, None, 3.0, "m")
    store.write(Findings([new]))
    (event,) = client.get("/api/events").json()["events"]
    assert (event["seq"], event["event"], event["kind"], event["ended"]) == (1, "e", "new", None)
    assert event["sentence"].startswith("pump has sounded wrong since")
    assert (event["clip"], event["explanation"], event["model_digest"]) == (None, None, "m")
    assert client.get("/api/events?after=1").json() == {"events": []}
    assert client.get("/api/events?machine=fan").json() == {"events": []}
    assert len(client.get("/api/events?machine=pump").json()["events"]) == 1
    wrong = client.get("/api/events?limit=0")
    assert (wrong.status_code, wrong.headers["content-type"]) == (400, PROBLEM_TYPE)


def test_the_state_of_all_machines_is_one_object(client: TestClient) -> None:
    assert client.get("/api/status").json() == {"machines": [{"index": None, "state": None, "learning": None, **ROW}]}


def test_scores_are_joined_to_as_many_stretches_as_were_wanted(client: TestClient, store: Store) -> None:
    begin = NOW - 3600
    minutes = [_minute(begin + 60 * number, float(number), windows=1 + number % 2) for number in range(60)]
    store.write(Findings(minutes=minutes))
    params = {"machine": MACHINE, "since": begin, "until": NOW, "most": 6}
    rows = client.get("/api/scores", params=params).json()["scores"]
    assert len(rows) <= 7  # a stretch begins at a round time, so the ends may be cut
    assert {row["seconds"] for row in rows} == {600}
    assert sum(row["windows"] for row in rows) == sum(one.windows for one in minutes)
    assert (rows[0]["lowest"], rows[-1]["highest"]) == (-1.0, 60.0)
    total = sum(one.mean * one.windows for one in minutes)
    assert sum(row["mean"] * row["windows"] for row in rows) == pytest.approx(total)
    assert client.get("/api/scores", params={"machine": MACHINE}).json()["scores"][0]["seconds"] == 120


def test_a_time_that_ends_before_it_begins_and_an_unknown_machine_are_problems(client: TestClient) -> None:
    backwards = client.get("/api/scores", params={"machine": MACHINE, "since": NOW, "until": NOW - 1})
    assert (backwards.status_code, "must begin before it ends" in backwards.json()["detail"]) == (400, True)
    unknown = client.get("/api/scores", params={"machine": "none"})
    assert (unknown.status_code, "no machine 'none'" in unknown.json()["detail"]) == (404, True)


def test_beside_the_scores_stand_the_threshold_and_the_range_of_normal_ones(
    client: TestClient, monitor: Stated, normal_folder: Path
) -> None:
    assert client.get("/api/scores", params={"machine": MACHINE}).json()["normal"] is None
    monitor.kept_model = model = offkey.fit(normal_folder, detector="knn", progress=False)
    answer = client.get("/api/scores", params={"machine": MACHINE}).json()
    low, high = answer["normal"]
    assert answer["threshold"] == model.threshold.value
    assert np.mean((model.calibration.normal_scores >= low) & (model.calibration.normal_scores <= high)) > 0.8
