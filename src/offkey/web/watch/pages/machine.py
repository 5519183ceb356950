"""One machine: whether it is well, since when, how sure that is, and its scores over time."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, WebSocket

from offkey.web.failures import PageError
from offkey.web.rendering import Renderer
from offkey.web.watch.listening import Listening, send_columns
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
        events = plant.store.events(limit=_SHOWN, machine=name)
        return render(request, "plant_machine.html", {"card": card, "events": events})

    @routes.websocket("/spectrogram")
    async def spectrogram(socket: WebSocket, name: Annotated[str, Query(max_length=100)]) -> None:
        await send_columns(socket, listening, name)

    return routes
