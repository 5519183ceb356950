"""The quality of alarms: events a week, the share that was true, the worst machines, and events that nobody ended."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from offkey.watch.health.quality import alarm_quality
from offkey.web.rendering import Renderer
from offkey.web.watch.plant import Plant

__all__ = ["router"]

_DAYS = (7, 30, 90, 365)
_MOST = 100_000


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
        promises = [(row["machine"], row["promise"]) for row in plant.rows()]
        values = {"quality": found, "days": days, "choices": _DAYS, "promises": promises}
        return render(request, "plant_quality.html", values)

    return routes
