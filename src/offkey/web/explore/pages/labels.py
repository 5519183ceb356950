"""The labels that people gave so far, and the clips to label next."""

from __future__ import annotations

import json
from collections import Counter
from typing import Annotated
from urllib.parse import parse_qsl

import polars as pl
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from offkey.web.explore.explorer import Explorer
from offkey.web.explore.labels import DECIDED, UNSURE
from offkey.web.explore.pages.clips import table_page
from offkey.web.explore.query import NONE, Query
from offkey.web.failures import PageError
from offkey.web.forms import form_items
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
            "next_query": Query(among={"own_label": (NONE,), **({"split": ("test",)} if len(test) else {})}).address(),
            "disagree": _disagreements(labelled),
            "commands": explorer.commands,
            "decided": explorer.labels.decided,
            "unsure": explorer.labels.unsure,
        }
        return render(request, "labels.html", values)

    @routes.post("/many")
    def many(request: Request, fields: Annotated[list[tuple[str, str]], Depends(form_items)]) -> Response:
        """Label the clips that are marked, or else all that the table's address asks for."""
        words = [value for key, value in fields if key == "label"]
        if len(words) != 1:
            raise PageError(400, "One label must be given for all clips; an empty one takes theirs back.")
        query = explorer.query(parse_qsl(dict(fields).get("of", "")))
        marked = [value for key, value in fields if key == "clip"]
        clips = marked or explorer.chosen(query)["id"].to_list()
        batch = explorer.batches.label(clips, words[0])
        table = request.headers.get("hx-target") == "table"
        answer = table_page(explorer, render, request, query) if table else Response(status_code=204)
        what = f"{len(clips)} clip{'' if len(clips) == 1 else 's'}"
        answer.headers["X-Offkey-Before"] = json.dumps({"batch": batch, "name": what})  # what Ctrl+Z brings back
        return answer

    @routes.post("/undo/{batch}")
    def undo(batch: str) -> Response:
        return JSONResponse({"n": explorer.batches.take_back(batch)})

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
