"""Answers for supervisors and Prometheus: ``/healthz``, ``/readyz``, ``/metrics``."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from offkey.web.watch.metrics import metrics_text
from offkey.web.watch.plant import Plant

__all__ = ["supervision"]


def supervision(plant: Plant) -> APIRouter:
    """Return the routes by which supervisors know that the monitor of a plant works."""
    router, monitor = APIRouter(), plant.monitor

    @router.get("/healthz")
    def healthz() -> Response:
        alive = monitor.is_scoring()
        return PlainTextResponse("alive" if alive else "nothing is scored any more", 200 if alive else 503)

    @router.get("/readyz")
    def readyz() -> Response:
        rows = monitor.status()
        ready = monitor.is_scoring() and all(row["fresh"] for row in rows)
        late = [{"machine": row["machine"], "source": row["source"]} for row in rows if not row["fresh"]]
        return JSONResponse({"ready": ready, "not_fresh": late}, 200 if ready else 503)

    @router.get("/metrics")
    def metrics() -> Response:
        return Response(metrics_text(plant), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router
