"""A machine at length: sound to hear, its health over time, and what its scores and reviews say."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from offkey.charts import sparkline
from offkey.watch.life.record import machine_ledger, machine_trends
from offkey.watch.life.reviews import verdicts
from offkey.web.watch.plant import Plant

__all__ = ["events_of", "health_over_time", "record_of", "to_hear"]

_DAY_S = 86_400.0
_HEALTH_DAYS = 30
_RECORD_S = 600.0  # for which ledger and trends are kept
_MOST = 1000  # events that are looked through
_TO_HEAR = 3


def events_of(plant: Plant, machine: str, *, since: float = 0.0) -> list[dict[str, Any]]:
    """Return the events of a machine that went on after a time, the newest first, each with its `verdict` or None."""
    judged = verdicts(plant.store)
    return [
        {**event, "verdict": judged.get(event["event"])}
        for event in plant.store.events(limit=_MOST, machine=machine)
        if event["ended"] is None or event["ended"] > since
    ]


def to_hear(plant: Plant, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the newest three of some events whose sound is there: `event`, `sentence` and `has_normal`."""
    clips, explanations = plant.store.evidence([event["event"] for event in events])
    found = []
    for event in events:
        if all(clip["removed_at"] is not None for clip in clips.get(event["event"], [])):
            continue
        explanation = explanations.get(event["event"], {"sentence": "", "details": {}})
        has_normal = bool((explanation["details"].get("normal") or {}).get("sha256"))
        found.append({"event": event, "sentence": explanation["sentence"], "has_normal": has_normal})
    return found[:_TO_HEAR]


def health_over_time(plant: Plant, machine: str) -> dict[str, Any] | None:
    """Return the `lowest` health of a machine over 30 days, and its `picture`; None where too little is known."""
    rows = plant.store.health(machine, since=plant.clock.utc() - _HEALTH_DAYS * _DAY_S)
    known = [row for row in rows if row["index"] is not None]
    if len(known) < 2:
        return None
    worst = min(known, key=lambda row: row["index"])
    picture: Markup = sparkline(f"Health of {machine} over {_HEALTH_DAYS} days", [row["index"] for row in known])
    return {"days": _HEALTH_DAYS, "lowest": worst["index"], "at": worst["at"], "picture": picture}


def record_of(plant: Plant, machine: str) -> list[str]:
    """Return sentences: false events beside the promise, and where the scores go."""

    def find() -> list[str]:
        now = plant.clock.utc()
        ledger = machine_ledger(plant.store, machine, at=now)
        courses = [f"scores {trend.sentence()}" for trend in machine_trends(plant.store, machine, at=now)]
        return [*([] if ledger is None else [ledger.sentence()]), *courses]

    return list(plant.recent(f"record {machine}", _RECORD_S, find))
