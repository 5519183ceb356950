"""Machines that are made ready one by one, beside a monitor that runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from offkey.errors import OffkeyError
from offkey.watch.findings import Findings
from offkey.watch.monitor import Monitor
from offkey.watch.preparation import Preparation, Ready
from offkey.watch.settings import PlantSettings
from offkey.watch.store.store import Store


@pytest.fixture
def plant(settings, tmp_path: Path) -> PlantSettings:
    """Two machines without sound."""
    source = {"kind": "folder", "path": "none"}
    return PlantSettings(machine=[settings(source, name="a"), settings(source, name="b")])


def test_machines_are_listened_to_as_they_become_ready(plant: PlantSettings, store: Store, tmp_path: Path) -> None:
    stopping, seen = Event(), list[list[str]]()

    def phases() -> None:
        seen.append([row["phase"] for row in monitor.status()])

    def report(sentence: str) -> None:
        if "in the shadow" in sentence:
            phases()
            go_on.set()

    def make(_stopping: Event) -> Iterator[Ready]:
        for machine in plant.machine:
            yield Ready(machine, Findings())
            assert go_on.wait(60)
            go_on.clear()
        stopping.set()

    go_on = Event()
    monitor = Monitor(plant, tmp_path, store, report, preparation=Preparation(make))
    phases()
    monitor.run(stopping)
    assert seen == [["preparing", "preparing"], ["shadow", "preparing"], ["shadow", "shadow"]]


def test_what_ends_the_work_ends_the_monitor(plant: PlantSettings, store: Store, tmp_path: Path) -> None:
    def make(_stopping: Event) -> Iterator[Ready]:
        raise OffkeyError("The disk is full.")
        yield

    monitor = Monitor(plant, tmp_path, store, lambda _: None, preparation=Preparation(make))
    with pytest.raises(OffkeyError, match="The disk is full"):
        monitor.run(Event())
