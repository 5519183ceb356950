"""The map: every clip as a point."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import polars as pl
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from offkey.web.explore.explorer import Explorer
from offkey.web.explore.group_colours import group_colours
from offkey.web.explore.projection import has_umap, pca_points
from offkey.web.explore.query import PREFIX, Query
from offkey.web.explore.space import Space
from offkey.web.rendering import Renderer

__all__ = ["router"]

_FILTERS = ("machine", "section", "split")  # that the page itself offers; the others come by its address
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
        query = replace(
            explorer.query(request.query_params.multi_items()), sort="", descending=False, columns=(), page=1
        )
        offered = {name: values for name, values in explorer.choices().items() if name in _FILTERS}
        rest = replace(query, among={name: values for name, values in query.among.items() if name not in offered})
        values = {
            "columns": columns,
            "colour": wanted if wanted in columns else default,
            "projection": request.query_params.get("projection", ""),
            "n": len(_points_of(explorer, space, query)),
            "total": len(space.rows),
            "shares": [float(share) for share in space.shares[:2]],
            "has_umap": has_umap(),
            "query": query,
            "filters": offered,
            "rest": parse_qsl(rest.address()),
            "prefix": PREFIX,
        }
        return render(request, "map.html", values)

    @routes.get("/points.json")
    def points(request: Request, colour: str = "", projection: str = "pca") -> Response:
        space = explorer.space()
        placed = explorer.umap.points(space) if projection == "umap" else pca_points(space)
        if placed is None:
            return JSONResponse({"running": explorer.umap.running, "problem": explorer.umap.problem}, 202)
        shown = _points_of(explorer, space, explorer.query(request.query_params.multi_items()))
        frame = explorer.frame()[space.rows[shown].tolist()]
        content: dict[str, Any] = {
            "ids": frame["id"].to_list(),
            "names": frame["name"].to_list(),
            "x": [round(float(x), 3) for x in placed[shown, 0]],
            "y": [round(float(y), 3) for y in placed[shown, 1]],
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


def _points_of(explorer: Explorer, space: Space, query: Query) -> NDArray[np.intp]:
    """Return which of the points of the space a query asks for."""
    if not query.filtered:
        return np.arange(len(space.rows))
    return np.flatnonzero(np.isin(space.rows, explorer.chosen(query)["row"].to_numpy()))


def _columns(explorer: Explorer) -> list[str]:
    """Return the columns that points can be coloured by."""
    frame = explorer.frame()
    measured = [name for name in frame.columns if name in _MEASURED or name.startswith("score ")]
    return [*explorer.choices(), *measured]


def _coloured(frame: pl.DataFrame, column: str) -> dict[str, Any]:
    """Return values to colour points by: numbers as they are, others as places in a list of names."""
    if not column:
        return {
            "names_of_colours": ["clips"],
            "key": "",
            "palette": group_colours("", ["clips"]),
            "colours": [0] * len(frame),
        }
    values = frame[column]
    if column in _MEASURED or column.startswith("score "):
        numbers = [value if value is None or math.isfinite(value) else None for value in values.cast(pl.Float64)]
        return {"numbers": numbers, "low_is_anomalous": column == "p_value"}
    texts = values.cast(pl.String).fill_null("(none)")
    names = texts.unique().sort().to_list()
    place = {name: at for at, name in enumerate(names)}
    palette = group_colours(column, names)
    return {
        "names_of_colours": names,
        "key": PREFIX + column,
        "palette": palette,
        "colours": [place[text] for text in texts],
    }
