"""The description of the API of a monitor is true."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.web.describing import mistakes
from tests.web.watch.conftest import NOW, ROW, Stated

import offkey
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.minutes import Minute
from offkey.watch.rows import Clip, Explanation, Message, StateChange
from offkey.watch.store.store import Store
from offkey.web.watch.part import watch_part
from offkey.web.watch.plant import Plant

EVENT, MACHINE = "ab" * 16, ROW["machine"]


@pytest.mark.filterwarnings("default")  # of schemathesis itself
def test_a_monitor_answers_as_described(plant: Plant, store: Store, monitor: Stated, normal_folder: Path) -> None:
    monitor.kept_model = offkey.fit(normal_folder, detector="knn", progress=False)
    change = Change(EVENT, MACHINE, "end", "fast", NOW, NOW - 60, NOW - 50, 3.0, "m")
    minutes = [Minute(MACHINE, "m", int(NOW) - 60 * n, 6, n % 7, 0.0, 1.0, 2.0, None) for n in range(9)]
    message = Message("m", "mqtt", "new", {"id": EVENT}, NOW, NOW, "key", EVENT)
    store.write(Findings([change], minutes=minutes, messages=[message]))
    store.add(
        StateChange(MACHINE, NOW, "stalled", "no sound came"),
        Clip(EVENT, "clips/a.flac", NOW - 60, NOW, 16_000, 1000, "ab" * 32),
        Explanation(EVENT, NOW, "It has a tone at 3 kHz."),
    )
    assert mistakes(watch_part(plant)) == ""
