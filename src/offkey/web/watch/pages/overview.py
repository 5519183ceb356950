"""The plant at a glance: its machines, the worst first, on a desk or on a wall."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from offkey.web.rendering import Renderer
from offkey.web.watch.live import LiveEvents
from offkey.web.watch.plant import Plant

__all__ = ["router"]


def router(plant: Plant, render: Renderer) -> APIRouter:
    """Return the routes of the plant."""
    routes = APIRouter()

    @routes.get("/")
    def overview(request: Request) -> Response:
        return render(request, "plant.html", _values(plant, wall=False))

    @routes.get("/wall")
    def wall(request: Request) -> Response:
        return render(request, "plant.html", _values(plant, wall=True))

    @routes.get("/cards")
    def cards(request: Request, wall: bool = False) -> Response:
        return render(request, "plant_cards.html", _values(plant, wall=wall))

    @routes.get("/live")
    def live() -> Response:
        return LiveEvents(plant.live_state)

    return routes


def _values(plant: Plant, *, wall: bool) -> dict[str, Any]:
    """Return what the page shows."""
    return {"areas": plant.areas(), "common": plant.common_events(), "wall": wall}
