"""The table of clips: filtered, sorted and cut into pages on the server."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
from fastapi import APIRouter, Request, Response

from offkey.web.explore.explorer import Explorer
from offkey.web.explore.query import PREFIX, quality
from offkey.web.rendering import Renderer

__all__ = ["PAGE_ROWS", "router"]

PAGE_ROWS = 40
_HIDDEN = frozenset(
    {
        "row",
        "id",
        "name",
        "error",
        "digest",
        "size",
        "mtime_ns",
        "silent_channels",
        "comment",
        "own_label",
        "peak_db",
        "p_value",
        "learnt",
    }
)
_ALIKE = frozenset({"rate", "channels", "channel", "noise_channel", "clipped"})
_NUMBERS = (pl.Float64, pl.Int64)


def router(explorer: Explorer, render: Renderer) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/clips")
    def clips(request: Request) -> Response:
        query = explorer.query(request.query_params.multi_items())
        chosen = explorer.chosen(query)
        pages = max(1, -(-len(chosen) // PAGE_ROWS))
        query = replace(query, page=min(query.page, pages))
        shown = chosen.slice((query.page - 1) * PAGE_ROWS, PAGE_ROWS)
        values = {
            "query": query,
            "rows": shown.rows(named=True),
            "columns": table_columns(explorer),
            "total": len(chosen),
            "pages": pages,
            "first": (query.page - 1) * PAGE_ROWS + 1,
            "choices": explorer.choices(),
            "kinds": list(quality()),
            "prefix": PREFIX,
        }
        if request.headers.get("hx-target") != "table":
            return render(request, "clips.html", values)
        answer = render(request, "clips_table.html", values)
        wanted = query.address()
        answer.headers["HX-Push-Url"] = f"/clips?{wanted}" if wanted else "/clips"  # the form names each of its fields
        return answer

    return routes


def table_columns(explorer: Explorer) -> list[tuple[str, bool]]:
    """Return the columns of the table, and whether each holds numbers; columns with one value are left out."""
    frame = explorer.frame()
    offered = explorer.choices()
    hidden = _HIDDEN.union(explorer.library.attributes)  # the column of attributes shows them all
    shown = [
        name
        for name in frame.columns
        if name not in hidden
        and (name not in _ALIKE or name in offered)
        and frame[name].null_count() < len(frame)
        and not (frame[name].dtype == pl.String and frame[name].n_unique() == 1)
    ]
    return [(name, frame[name].dtype in _NUMBERS) for name in shown]
