"""The progress of the measuring in the background, shown on every page while it runs."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from offkey.web.explore.explorer import Explorer
from offkey.web.rendering import Renderer

__all__ = ["router"]


def router(explorer: Explorer, render: Renderer) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/progress")
    def progress(request: Request) -> Response:
        return render(request, "progress.html", {"watched": True})

    return routes
