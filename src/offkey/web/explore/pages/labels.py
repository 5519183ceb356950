"""The labels that people gave so far, and the clips to label next."""

from __future__ import annotations

from collections import Counter

import polars as pl
from fastapi import APIRouter, Request, Response

from offkey.web.explore.explorer import Explorer
from offkey.web.explore.labels import DECIDED, UNSURE
from offkey.web.explore.query import Query
from offkey.web.failures import PageError
from offkey.web.rendering import Renderer

__all__ = ["router"]

_MOST_SHOWN = 500


def router(explorer: Explorer, render: Renderer) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/labels")

    @routes.get("")
    def labels(request: Request) -> Response:
        frame = explorer.frame()
        labelled = frame.filter(pl.col("own_label").is_not_null())
        open_ones = frame.filter(pl.col("own_label").is_null())
        test = open_ones.filter(pl.col("split") == "test") if "split" in frame.columns else open_ones.clear()
        first = test if len(test) else open_ones
        values = {
            "counts": Counter(labelled["own_label"].to_list()),
            "given": labelled.head(_MOST_SHOWN).rows(named=True),
            "n_given": len(labelled),
            "n_open": len(open_ones),
            "next": first["id"][0] if len(first) else None,
            "next_query": Query(equal={"own_label": "(none)", **({"split": "test"} if len(test) else {})}).address(),
            "disagree": _disagreements(labelled),
            "decided": explorer.labels.decided,
            "unsure": explorer.labels.unsure,
        }
        return render(request, "labels.html", values)

    @routes.get("/{name}")
    def file(name: str) -> Response:
        path = {DECIDED: explorer.labels.decided, UNSURE: explorer.labels.unsure}.get(name)
        explorer.labels.all()  # what is no file of labels is not handed out
        if path is None or not path.is_file():
            raise PageError(404, f"There is no file of labels {name[:60]!r} yet: label a clip first.")
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(path.read_bytes(), media_type="text/csv; charset=utf-8", headers=headers)

    return routes


def _disagreements(labelled: pl.DataFrame) -> int:
    """Return how many clips a person labelled otherwise than the data set does."""
    if "label" not in labelled.columns:
        return 0
    return len(labelled.filter((pl.col("own_label") != "unsure") & (pl.col("own_label") != pl.col("label"))))
