from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from benchmarks.soak import Soak
from benchmarks.soak_faults import Faults
from benchmarks.soak_ledger import Ledger
from benchmarks.soak_plant import Microphone

from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.store.store import Store

linux = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are read from /proc")


@linux
def test_nothing_is_lost_or_doubled_while_everything_fails(tmp_path: Path) -> None:
    pytest.importorskip("paho.mqtt")
    soak = Soak(tmp_path, minutes=0.3, seed=3, speed=60, machines=2)
    soak.run()
    figures, failures = soak.settle()
    assert not {name: count for name, count in failures.items() if count}, soak.monitor.log.read_text()
    assert int(figures["faults planted"]) >= 2
    assert soak.monitor.starts >= 2
    assert sum(soak.troubles.values()) >= 2


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    return Faults([Microphone("pump", tmp_path / "pump")], Random(0), speed=1e6)  # noqa: S311


def _change(kind: str, event: str) -> dict[str, str]:
    return {"machine": "pump", "kind": kind, "event": event}


def test_a_fault_lasts_until_its_event_has_begun_and_is_over_with_it(faults: Faults, tmp_path: Path) -> None:
    mode = tmp_path / "pump" / "mode"
    while not faults.planted:
        faults.follow([])
    assert mode.read_text() == "faulty"
    faults.follow([_change("new", "a")])
    while mode.read_text() == "faulty":
        faults.follow([])
    assert not faults.are_over
    faults.no_more()
    faults.follow([_change("end", "a")])
    assert faults.are_over
    assert (faults.planted[0].events, faults.false) == (["a"], [])


def test_events_without_a_fault_and_second_ones_are_told_apart(faults: Faults) -> None:
    faults.follow([_change("new", "early")])
    time.sleep(0.01)
    faults.follow([])
    assert faults.planted == []  # since it could not be told from the event that goes on
    faults.follow([_change("end", "early")])
    while not faults.planted:
        faults.follow([])
    faults.follow([_change("new", "a"), _change("new", "b")])
    assert faults.planted[0].events == ["a", "b"]
    assert faults.false == ["early"]


def test_what_went_wrong_is_counted(tmp_path: Path, faults: Faults) -> None:
    store = Store(tmp_path / "plant.db")
    new = Change("e", "pump", "new", "fast", 2.0, 1.0, None, 3.0, "m")
    store.write(Findings([new]))
    ledger = Ledger(tmp_path / "plant.db", Counter(), None)
    assert [row["event"] for row in ledger.changes()] == ["e"]
    assert ledger.changes() == []
    _, failures = ledger.settle(faults)
    assert failures["events not begun once, or not ended once"] == 1
    assert failures["events not told by webhook"] == 1
    assert failures["changes lost or altered"] == 0
    store.close()
