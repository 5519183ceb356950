"""One machine: whether it is well, since when, how sure that is, and its scores over time."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, WebSocket
from fastapi.responses import JSONResponse

from offkey.web.failures import PageError
from offkey.web.rendering import Renderer
from offkey.web.watch.listening import Listening, send_columns
from offkey.web.watch.machine_facts import events_of, health_over_time, record_of, to_hear
from offkey.web.watch.plant import Plant

__all__ = ["router"]

_SHOWN = 20


def router(plant: Plant, render: Renderer) -> APIRouter:
    """Return the routes of a machine."""
    routes, listening = APIRouter(), Listening(plant.monitor)

    @routes.get("/machine")
    def machine(request: Request, name: Annotated[str, Query(max_length=100)]) -> Response:
        card = plant.card(name)
        if card is None:
            raise PageError(404, f"There is no machine {name!r}: the plant shows all.")
        events = events_of(plant, name)
        values = {
            "card": card,
            "events": events[:_SHOWN],
            "hear": to_hear(plant, events),
            "health": health_over_time(plant, name),
            "record": record_of(plant, name),
        }
        return render(request, "plant_machine.html", values)

    @routes.get("/machine/events")
    def marks(name: Annotated[str, Query(max_length=100)], since: Annotated[float, Query(ge=0)] = 0.0) -> JSONResponse:
        keys = ("began", "ended", "level", "verdict")
        return JSONResponse(
            {"events": [{key: one[key] for key in keys} for one in events_of(plant, name, since=since)]}
        )

    @routes.websocket("/spectrogram")
    async def spectrogram(socket: WebSocket, name: Annotated[str, Query(max_length=100)]) -> None:
        await send_columns(socket, listening, name)

    return routes
