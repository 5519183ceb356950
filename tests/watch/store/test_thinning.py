"""Old scores: fewer rows, and the same least, mean and highest."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import URL

from offkey.watch.findings import Findings
from offkey.watch.minutes import Minute
from offkey.watch.rows import HealthPoint, Message, StateChange
from offkey.watch.store import series
from offkey.watch.store.address import Address
from offkey.watch.store.store import Store
from offkey.watch.store.thinning import thin

DAY_S = 86_400
NOW = 20_000 * DAY_S + 12_345.0
MINUTE = Minute("pump", "m", 0, 60, 0, 0.1, 0.2, 0.3, None)


@pytest.fixture(autouse=True)
def moved_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series, "_TOGETHER", 1)


def _thinned(store: Store, now: float = NOW, days: float = 730) -> None:
    for _ in thin(store.database, now, days):
        pass


def _summary(rows: list[dict[str, Any]]) -> tuple[float, ...]:
    """Windows, failed ones, least, mean and highest score of all rows."""
    scored = np.array([0 if row["mean"] is None else row["windows"] - row["failed"] for row in rows])
    means = np.array([0.0 if row["mean"] is None else row["mean"] for row in rows])
    return (
        sum(row["windows"] for row in rows),
        sum(row["failed"] for row in rows),
        min(row["lowest"] for row in rows if row["lowest"] is not None),
        pytest.approx(float((scored * means).sum() / scored.sum())),
        max(row["highest"] for row in rows if row["highest"] is not None),
    )


@pytest.fixture
def fill(store: Store) -> Callable[..., None]:
    """Return a function: days before now to a minute every seven of that day, with gaps, failures and states."""
    rng = np.random.default_rng(0)

    def make(days: int, **fields: Any) -> None:
        rows = []
        for minute in range(0, DAY_S, 420):
            windows = int(rng.integers(1, 60))
            failed = int(rng.choice([0, windows // 2, windows]))
            low, mean, high = sorted(rng.uniform(0, 10, 3)) if failed < windows else (math.nan,) * 3
            row = Minute("pump", "m", int(NOW // DAY_S - days) * DAY_S + minute, windows, failed, low, mean, high, None)
            rows.append(replace(row, **{"state": rng.choice(["idle", "full"]), **fields}))
        store.write(Findings(minutes=rows))

    return make


def test_rows_become_fewer_with_age_and_keep_least_mean_and_highest(store: Store, fill: Callable[..., None]) -> None:
    for days in (1, 29, 32, 364, 367, 500):
        fill(days)
    store.write(Findings(minutes=[MINUTE, replace(MINUTE, machine="fan", minute=int(NOW) - 40 * DAY_S)]))
    before = store.minutes("pump", limit=10_000)
    _thinned(store)
    after = store.minutes("pump", limit=10_000)
    for state in ("idle", "full"):
        of_state = [row for row in before if row["state"] == state and row["minute"] > 0]
        assert _summary([row for row in after if row["state"] == state]) == _summary(of_state)
    lengths = {int(NOW // DAY_S - row["minute"] // DAY_S): row["seconds"] for row in after}
    assert lengths == {1: 60, 29: 60, 32: 600, 364: 600, 367: 3600, 500: 3600}
    assert all(row["minute"] % row["seconds"] == 0 for row in after)
    assert 80 < sum(row["seconds"] == 3600 for row in after) <= 2 * 24 * 2
    assert [row["seconds"] for row in store.minutes("fan")] == [600]
    _thinned(store)
    assert store.minutes("pump", limit=10_000) == after


def test_an_hour_is_the_same_by_way_of_ten_minutes(store: Store, fill: Callable[..., None]) -> None:
    fill(400, state=None)
    whole = _summary(store.minutes("pump", limit=10_000))
    _thinned(store, NOW - 350 * DAY_S)
    assert {row["seconds"] for row in store.minutes("pump", limit=10_000)} == {600}
    _thinned(store)
    rows = store.minutes("pump", limit=10_000)
    assert len(rows) == 24
    assert _summary(rows) == whole


def test_the_shadow_of_the_model_in_use_stays_and_that_of_another_goes(store: Store, fill: Callable[..., None]) -> None:
    fill(800, model="first", surprises=b"abcd")
    fill(100, model="first", surprises=b"abcd")
    fill(50, model="second", surprises=b"efgh")
    fill(40, model="second")
    _thinned(store)
    assert store.shadow("pump", "first").surprises().astype("<f4").tobytes() == b""
    assert store.shadow("pump", "second").surprises().astype("<f4").tobytes() == b"efgh" * 206
    fill(0, model="third", surprises=b"ijkl")
    _thinned(store)
    assert store.shadow("pump", "second").surprises().astype("<f4").tobytes() == b""
    assert store.shadow("pump", "third").surprises().astype("<f4").tobytes() == b"ijkl" * 206


def test_what_is_older_than_the_days_of_scores_goes(store: Store, fill: Callable[..., None]) -> None:
    for days in (3, 8, 12, 40):
        fill(days)
    old, new = NOW - 12 * DAY_S, NOW - 3 * DAY_S
    message = Message("old", "mail", "digest", {}, old, old, key="old", status="sent")
    more = [
        replace(message, id="waits", key="waits", status="pending"),
        replace(message, id="new", key="2", created=new),
    ]
    store.write(Findings(messages=[message, *more]))
    states = [StateChange("pump", at, "healthy", "") for at in (old, new)]
    health = [HealthPoint("pump", at, 90.0, "normal", 1.0) for at in (old, new)]
    store.write(Findings(states=states, health=health))
    _thinned(store, days=10)
    assert {int(NOW // DAY_S - row["minute"] // DAY_S) for row in store.minutes("pump", limit=10_000)} == {3, 8}
    assert [row["at"] for row in store.source_states()] == [new]
    assert [row["at"] for row in store.health("pump")] == [new]
    assert [row["id"] for row in store.outbox.messages()] == ["new", "waits"]


def test_health_of_a_day_that_is_a_month_old_is_one_row_an_hour(store: Store, fill: Callable[..., None]) -> None:
    fill(40)
    fill(20)
    times = [int(NOW // DAY_S - days) * DAY_S + 3.5 + 600 * k for days in (40, 20) for k in range(144)]
    store.write(
        Findings(health=[HealthPoint(name, at, 90.0, "normal", 1.0) for at in times for name in ("pump", "fan")])
    )
    _thinned(store)
    assert [row["at"] for row in store.health("pump")] == [*times[:144:6], *times[144:]]
    assert len(store.health("fan")) == 288


KILLED = """
import sys
from pathlib import Path
from sqlalchemy import make_url
from offkey.watch.store.store import Store
from offkey.watch.store.thinning import thin
address = sys.argv[1]
store = Store(make_url(address) if "://" in address else Path(address))
for _ in thin(store.database, float(sys.argv[2]), 10_000.0):
    print("a step", flush=True)
"""


def test_kill_9_while_rows_are_joined_loses_and_doubles_none(
    store: Store, fill: Callable[..., None], address: Address
) -> None:
    for days in range(40, 100, 2):
        fill(days)
    before = _summary(store.minutes("pump", limit=100_000))
    name = address.render_as_string(hide_password=False) if isinstance(address, URL) else str(address)
    for steps in (1, 4, 9):
        command = [sys.executable, "-c", KILLED, name, str(NOW)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(steps):
                process.stdout.readline()
            process.kill()
        assert _summary(store.minutes("pump", limit=100_000)) == before
    store.database.check_whole()
    _thinned(store)
    rows = store.minutes("pump", limit=100_000)
    assert {row["seconds"] for row in rows} == {600}
    assert _summary(rows) == before
