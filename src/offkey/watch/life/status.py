"""The state of a plant as its database has it, whether somebody listens or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from offkey.watch.life.phases import standing
from offkey.watch.life.record import machine_ledger, machine_trends
from offkey.watch.life.reviews import shelved_until
from offkey.watch.machine_model import model_digest
from offkey.watch.settings import MachineSettings, PlantSettings
from offkey.watch.store.store import Store

__all__ = ["plant_status"]


def plant_status(store: Store, plant: PlantSettings, folder: Path, *, at: float) -> list[dict[str, Any]]:
    """Return how each machine of a plant is doing, as far as it is kept.

    Parameters
    ----------
    store : Store
        The database.
    plant : PlantSettings
        The plant.
    folder : Path
        Where relative paths start.
    at : float
        Now, in seconds since 1970 UTC.

    Returns
    -------
    list of dict
        `machine`; `phase` and the time `since` which it has it; `comment` of its newest step; `level` and `event` of
        what goes on; `shelved` (until, reason and by whom); `to_review`, a number of events; `last_minute` of its
        scores, in seconds since 1970 UTC; `candidate` that waits for a decision. None where there is no such thing.
        `ledger`: false events beside the promise, in a sentence; None before it is armed. `trends` of its scores that
        are clear, a sentence each.
    """
    shelved, going_on = shelved_until(store, at), store.event_rows.going_on()
    waiting = store.event_rows.to_review_counts()
    rows = [_of(store, machine, folder, shelved, waiting, going_on) for machine in plant.machine]
    return [{**row, **_record(store, row["machine"], at)} for row in rows]


def _record(store: Store, machine: str, at: float) -> dict[str, Any]:
    ledger = machine_ledger(store, machine, at=at)
    trends = [one.sentence() for one in machine_trends(store, machine, at=at) if one.is_clear]
    return {"ledger": None if ledger is None else ledger.sentence(), "trends": trends}


def _of(
    store: Store,
    machine: MachineSettings,
    folder: Path,
    shelved: dict[str, dict[str, Any]],
    waiting: dict[str, int],
    going_on: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    steps = store.life.steps(machine.name)
    found = standing(steps, model=model_digest(machine, folder), wanted=machine.sensitivity)
    event = going_on.get(machine.name)
    newest = store.minutes(machine.name, limit=1)
    undecided = [row["id"] for row in store.life.candidates(machine.name) if row["verdict"] is None]
    shelf = shelved.get(machine.name)
    return {
        "machine": machine.name,
        "phase": found.phase if found.in_service else "out of service",
        "since": steps[-1]["at"] if steps else None,
        "comment": steps[-1]["comment"] if steps else None,
        "level": event["level"] if event else "normal",
        "event": event["event"] if event else None,
        "shelved": None if shelf is None else {key: shelf[key] for key in ("until", "reason", "by")},
        "to_review": waiting.get(machine.name, 0),
        "last_minute": newest[0]["minute"] if newest else None,
        "candidate": undecided[0] if undecided else None,
    }
