"""The quality of alarms: events a week, the share that was true, the worst machines, and events that nobody ended."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from offkey.watch.health.quality import alarm_quality
from offkey.watch.life.fleet import compare_fleet
from offkey.web.rendering import Renderer
from offkey.web.watch.plant import Plant
from offkey.web.watch.promises import promises_of

__all__ = ["router"]

_DAYS = (7, 30, 90, 365)
_MOST = 100_000
_WORST = 5  # machines whose promises are shown at once
_STALE = 50  # events that are listed at most
_FLEET_S = 600.0  # for which the comparison of machines is kept


def router(plant: Plant, render: Renderer) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/quality")
    def quality(request: Request, days: Annotated[int, Query(ge=1, le=3650)] = 30) -> Response:
        now = plant.clock.utc()
        since = now - days * 86_400.0
        found = alarm_quality(
            plant.store.events(limit=_MOST, since=since), plant.store.life.reviews(), since=since, now=now
        )
        fleet = plant.recent(
            f"fleet {days}", _FLEET_S, lambda: compare_fleet(plant.store, plant.settings, days=days, at=now)
        )
        promises = promises_of(plant)
        shown = _WORST if len(promises) > _WORST + 1 else len(promises)
        stale = sorted(found.stale, key=lambda event: event["ended"] is not None)  # those that go on first
        values = {"quality": found, "days": days, "choices": _DAYS, "fleet": fleet, "stale": stale[:_STALE]}
        return render(
            request,
            "plant_quality.html",
            {**values, "promises": promises[:shown], "other_promises": promises[shown:]},
        )

    return routes
