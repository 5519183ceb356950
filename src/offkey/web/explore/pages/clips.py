"""The table of clips: filtered, sorted and cut into pages on the server, with the columns that a person chose."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import polars as pl
from fastapi import APIRouter, Request, Response

from offkey.web.explore.explorer import Explorer
from offkey.web.explore.query import FROM, PREFIX, TO, Query, quality
from offkey.web.rendering import Renderer
from offkey.web.security import cookie_name

__all__ = ["PAGE_ROWS", "router", "table_page"]

PAGE_ROWS = 40
_FIRST = ("score", "anomalous", "label", "machine", "section", "domain", "split", "attributes")
_NEVER = frozenset({"row", "id", "name", "error", "digest", "size", "mtime_ns", "own_label"})
_HIDDEN = frozenset({"silent_channels", "comment", "peak_db", "p_value", "learnt"})  # unless they are chosen
_ALIKE = frozenset({"rate", "channels", "channel", "noise_channel", "clipped"})
_NUMBERS = (pl.Float64, pl.Float32, pl.Int64)
_MOST_COMBINATIONS = 2  # scores of a run that are shown beside each other unless more are chosen
_YEAR_S = 365 * 24 * 3600
_LARGEST_COOKIE = 3500


def router(explorer: Explorer, render: Renderer) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/clips")
    def clips(request: Request) -> Response:
        query = explorer.query(request.query_params.multi_items())
        cookie = cookie_name(request, "columns")
        asked = "column" in request.query_params
        if not asked:
            remembered = parse_qsl(request.cookies.get(cookie, ""))
            query = replace(query, columns=explorer.query(remembered).columns)
        if query.columns == tuple(default_columns(explorer)):
            query = replace(query, columns=())
        answer = table_page(explorer, render, request, query)
        kept = urlencode([("column", name) for name in query.columns])
        if asked and not kept:
            answer.delete_cookie(cookie, path="/clips")
        elif asked and len(kept) <= _LARGEST_COOKIE:
            answer.set_cookie(cookie, kept, max_age=_YEAR_S, httponly=True, samesite="lax", path="/clips")
        return answer

    return routes


def table_page(explorer: Explorer, render: Renderer, request: Request, query: Query) -> Response:
    """Return the page of the table, or the table alone where a page asks for it."""
    chosen = explorer.chosen(query)
    pages = max(1, -(-len(chosen) // PAGE_ROWS))
    query = replace(query, page=min(query.page, pages))
    shown = chosen.slice((query.page - 1) * PAGE_ROWS, PAGE_ROWS)
    numeric = _numeric(explorer)
    values: dict[str, Any] = {
        "query": query,
        "rows": shown.rows(named=True),
        "columns": [(name, name in numeric) for name in query.columns or default_columns(explorer)],
        "total": len(chosen),
        "pages": pages,
    }
    if request.headers.get("hx-target") == "table":
        answer = render(request, "clips_table.html", values)
        wanted = query.address()
        answer.headers["HX-Push-Url"] = f"/clips?{wanted}" if wanted else "/clips"  # the form names each of its fields
        return answer
    more = {
        "choices": explorer.choices(),
        "ranges": explorer.ranges(),
        "offered": [name for name in _known(explorer) if name not in _NEVER],
        "kinds": list(quality()),
        "prefix": PREFIX,
        "from_": FROM,
        "to_": TO,
    }
    return render(request, "clips.html", values | more)


def default_columns(explorer: Explorer) -> list[str]:
    """Return the columns that tell clips apart, what they are called first; those with one value are left out."""
    frame, offered = explorer.frame(), explorer.choices()
    combinations = [name for name in frame.columns if name.startswith("score ")]
    hidden = _NEVER | _HIDDEN | {*explorer.library.attributes}  # the column of attributes shows them all
    if len(combinations) > _MOST_COMBINATIONS:
        hidden |= {*combinations}
    return [
        name
        for name in _known(explorer)
        if name not in hidden
        and (name not in _ALIKE or name in offered)
        and not (frame[name].dtype == pl.String and frame[name].n_unique() == 1)
    ]


def _known(explorer: Explorer) -> list[str]:
    """Return the columns of which anything is known, the most telling first."""
    frame = explorer.frame()
    known = [name for name in frame.columns if frame[name].null_count() < len(frame)]
    return sorted(known, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))


def _numeric(explorer: Explorer) -> set[str]:
    return {name for name, kind in explorer.frame().schema.items() if kind in _NUMBERS}
