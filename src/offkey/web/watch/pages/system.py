"""The system below the monitor: sources, load, disk, queues, starts and ends; and a bundle of it for who helps."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from offkey.watch.support import journal_lines, support_bundle, system_facts
from offkey.web.api.app import needs
from offkey.web.rendering import Renderer
from offkey.web.tokens import Scope
from offkey.web.watch.plant import Plant

__all__ = ["router"]

_SHOWN = 20


def router(plant: Plant, render: Renderer) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/system")
    def system(request: Request) -> Response:
        return render(request, "plant_system.html", _values(plant))

    @routes.get("/system/bundle.zip", dependencies=[needs(Scope.admin)])
    def bundle() -> Response:
        content = support_bundle(plant.store, plant.folder, plant.settings, plant.rows(), plant.journal)
        headers = {"Content-Disposition": 'attachment; filename="offkey-support.zip"'}
        return Response(content, media_type="application/zip", headers=headers)

    return routes


def _values(plant: Plant) -> dict[str, Any]:
    """Return what the page shows."""
    now, rows = plant.clock.utc(), plant.rows()
    return {
        "facts": system_facts(plant.store, plant.folder),
        "scoring": plant.monitor.is_scoring(),
        "rows": [
            {**row, "lag": None if row["window_end"] is None else max(0.0, now - row["window_end"])} for row in rows
        ],
        "states": plant.store.source_states(limit=_SHOWN),
        "journal": journal_lines(plant.journal, _SHOWN),
    }
