"""Why a clip has its score: in words, as layers over its spectrogram, and as a picture."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from markupsafe import escape

from offkey.charts import Line, line_chart
from offkey.explain.phrases import band
from offkey.web.explore.explanation import (
    UnexplainedError,
    explain_clip,
    explain_part,
    is_window,
    layers_of,
    picture_of,
    scores_over_time,
)
from offkey.web.explore.explorer import Explorer
from offkey.web.rendering import Renderer

__all__ = ["router"]

Moment = Annotated[float | None, Query(ge=0, le=1e7)]
_PICTURE_TYPES = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}


def router(explorer: Explorer, render: Renderer) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/clips/{clip}")

    @routes.get("/explanation")
    def explanation(request: Request, clip: str, at: Moment = None) -> Response:
        try:
            values = _explained(explorer, clip, at)
        except UnexplainedError as error:  # the page is there already: the reason takes the explanation's place
            values = {"problem": str(error)}
        return render(request, "explanation.html", values)

    @routes.get("/why")
    def why(clip: str, start: Moment = None) -> Response:
        try:
            explained = explain_clip(explorer, clip) if start is None else explain_part(explorer, clip, start)
            sentence = explained.sentence
        except UnexplainedError as error:  # which takes the place of the sentence
            sentence = str(error)
        return HTMLResponse(escape(sentence))

    @routes.get("/explanation.{file_format}")
    def explanation_picture(
        clip: str, file_format: Literal["png", "svg", "pdf"], width: str | None = None, at: Moment = None
    ) -> Response:
        return Response(picture_of(explorer, clip, file_format, width, at), media_type=_PICTURE_TYPES[file_format])

    @routes.get("/layers.json")
    def layers(clip: str, at: Moment = None) -> Response:
        return JSONResponse(layers_of(explorer, clip, at))

    @routes.get("/scores.json")
    def scores(clip: str) -> Response:
        return JSONResponse(scores_over_time(explorer, clip))

    return routes


def _explained(explorer: Explorer, clip: str, at: float | None) -> dict[str, Any]:
    """Return what a page says of why a clip has its score."""
    why = explain_clip(explorer, clip, at)
    nearest = _found(explorer, why.nearest.name) if why.nearest else None
    centres_hz = (why.bands.edges[:-1] + why.bands.edges[1:]) / 2
    chart = line_chart(
        "What each band adds to the score",
        centres_hz.tolist(),
        [Line("adds", why.bands.values.tolist())],
        x_label="frequency (Hz)",
        y_label="adds to the score",
        log_x=True,
    )
    return {
        "clip": clip,
        "why": why,
        "problem": None,
        "at": at,
        "window": is_window(explorer, clip, why),
        "bands": [band(region.low_hz, region.high_hz) for region in why.regions],
        "nearest": nearest,
        "nearest_name": explorer.library.name(nearest) if nearest else "",
        "band_chart": chart,
    }


def _found(explorer: Explorer, name: str) -> str | None:
    """Return the clip that a model calls by its path from where it was fitted, None if it is not in the data set."""
    library = explorer.library
    inside = name.rpartition(f"{library.root.name}/")[2]
    return library.find(name, bare=True) or library.find(inside)
