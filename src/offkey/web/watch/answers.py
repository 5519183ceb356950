"""Answers for supervisors and Prometheus: ``/healthz``, ``/readyz``, ``/metrics``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from offkey.decision.events import LEVELS
from offkey.watch.monitor import Monitor

__all__ = ["supervision"]

_GAUGES: dict[str, tuple[str, Callable[[dict[str, Any]], float | None]]] = {  # name to help text and value
    "offkey_fresh": ("1 where the newest window is as new as it should be.", lambda row: int(row["fresh"])),
    "offkey_source_healthy": ("1 where the source gives sound.", lambda row: int(row["source"] == "healthy")),
    "offkey_armed": ("1 where events are told, 0 in the shadow.", lambda row: int(row["phase"] == "armed")),
    "offkey_event": ("1 while an event goes on.", lambda row: int(row["event"])),
    "offkey_level": ("0 normal, 1 watch, 2 warning, 3 alarm.", lambda row: row["level"] and LEVELS.index(row["level"])),
    "offkey_health_index": ("100 where all of the last day was as usual, 0 at the worst.", lambda row: row["index"]),
    "offkey_score": ("Anomaly score of the newest window.", lambda row: row["score"]),
    "offkey_p_value": ("Conformal p-value of the newest window.", lambda row: row["p_value"]),
    "offkey_window_end_seconds": ("End of the newest window, Unix time.", lambda row: row["window_end"]),
}


def supervision(monitor: Monitor) -> APIRouter:
    """Return the routes by which supervisors know that a monitor works."""
    router = APIRouter()

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
        return PlainTextResponse(_metrics(monitor.status()), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router


def _metrics(rows: Sequence[dict[str, Any]]) -> str:
    """Return the state in the text format of Prometheus, version 0.0.4."""
    lines = []
    for name, (help_text, value) in _GAUGES.items():
        known = [(row["machine"], number) for row in rows if (number := value(row)) is not None]
        lines += [f"# HELP {name} {help_text}", f"# TYPE {name} gauge"]
        lines += [f'{name}{{machine="{_escaped(machine)}"}} {number:.15g}' for machine, number in known]
    return "\n".join(lines) + "\n"


def _escaped(label: str) -> str:
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
