"""The demo: models, shadows in fast time, and a plant that is armed from the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from offkey.watch import demo
from offkey.watch.demo import prepare_demo
from offkey.watch.machine import WatchedMachine, load_model
from offkey.watch.store.store import Store

AT = 1_800_000_000.0


def test_the_machines_of_the_demo_are_armed_by_their_shadows(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "machines", lambda: ["fan"])
    monkeypatch.setattr(demo, "_TRAIN_S", 100)
    monkeypatch.setattr(demo, "_SHADOW_S", 1560)
    said: list[str] = []
    (settings,) = prepare_demo(tmp_path, store, at=AT, stage=said.append).machine
    assert said == ["fan: learning 1 minutes of normal sound, then 26 minutes of shadow"]
    model, model_id = load_model(settings, tmp_path)
    machine = WatchedMachine(settings, model, model_id, store.shadow("fan", model_id))
    assert machine.phase == "armed"
    rows = store.minutes("fan")
    assert sum(row["windows"] for row in rows) == 309  # of 312 clips with their joints
    assert AT - 1620 <= rows[-1]["minute"] < rows[0]["minute"] < AT
    assert store.events() == []
    assert (settings.source.kind, settings.source.fault) == ("simulated", "imbalance")
