"""The map: every clip as a point."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from offkey.web.explore.explorer import Explorer
from offkey.web.explore.group_colours import group_colours
from offkey.web.explore.projection import has_umap, pca_points
from offkey.web.rendering import Renderer

__all__ = ["router"]

_MEASURED = ("seconds", "level_db", "peak_db", "score", "p_value")


class Drawn(BaseModel):
    """Clips that a line was drawn round."""

    clips: list[str] = Field(max_length=1_000_000)


def router(explorer: Explorer, render: Renderer) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/map")

    @routes.get("")
    def page(request: Request) -> Response:
        columns = _columns(explorer)
        wanted = request.query_params.get("colour", "")
        default = next((name for name in ("machine", "label", "section", *columns) if name in columns), "")
        space = explorer.space()
        values = {
            "columns": columns,
            "colour": wanted if wanted in columns else default,
            "n": len(space.rows),
            "shares": [float(share) for share in space.shares[:2]],
            "has_umap": has_umap(),
            "selection": request.query_params.get("selection", ""),
        }
        return render(request, "map.html", values)

    @routes.get("/points.json")
    def points(colour: str = "", projection: str = "pca") -> Response:
        space = explorer.space()
        placed = explorer.umap.points(space) if projection == "umap" else pca_points(space)
        if placed is None:
            return JSONResponse({"running": explorer.umap.running, "problem": explorer.umap.problem}, 202)
        frame = explorer.frame()[space.rows.tolist()]
        content: dict[str, Any] = {
            "ids": frame["id"].to_list(),
            "names": frame["name"].to_list(),
            "x": [round(float(x), 3) for x in placed[:, 0]],
            "y": [round(float(y), 3) for y in placed[:, 1]],
            **_coloured(frame, colour if colour in _columns(explorer) else ""),
        }
        return JSONResponse(content)

    @routes.post("/umap")
    def make() -> Response:
        explorer.umap.start(explorer.space())
        return Response(status_code=202)

    @routes.post("/selection")
    def select(drawn: Drawn) -> Response:
        return JSONResponse({"selection": explorer.selections.add(drawn.clips), "n": len(drawn.clips)})

    return routes


def _columns(explorer: Explorer) -> list[str]:
    """Return the columns that points can be coloured by."""
    frame = explorer.frame()
    measured = [name for name in frame.columns if name in _MEASURED or name.startswith("score ")]
    return [*explorer.choices(), *measured]


def _coloured(frame: pl.DataFrame, column: str) -> dict[str, Any]:
    """Return values to colour points by: numbers as they are, others as places in a list of names."""
    if not column:
        return {"names_of_colours": ["clips"], "palette": group_colours("", ["clips"]), "colours": [0] * len(frame)}
    values = frame[column]
    if column in _MEASURED or column.startswith("score "):
        numbers = [value if value is None or math.isfinite(value) else None for value in values.cast(pl.Float64)]
        return {"numbers": numbers, "low_is_anomalous": column == "p_value"}
    texts = values.cast(pl.String).fill_null("(none)")
    names = texts.unique().sort().to_list()
    place = {name: at for at, name in enumerate(names)}
    palette = group_colours(column, names)
    return {"names_of_colours": names, "palette": palette, "colours": [place[text] for text in texts]}
