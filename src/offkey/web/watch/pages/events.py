"""The events of a plant, those that changed last first."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from offkey.web.rendering import Renderer
from offkey.web.watch.plant import Plant

__all__ = ["router"]

_SHOWN = 200


def router(plant: Plant, render: Renderer) -> APIRouter:
    """Return the routes of events."""
    routes = APIRouter()

    @routes.get("/events")
    def events(request: Request) -> Response:
        return render(request, "plant_events.html", {"events": plant.store.events(limit=_SHOWN)})

    return routes
