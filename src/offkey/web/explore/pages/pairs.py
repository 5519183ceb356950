"""Pairs: suggestions, notes, and two clips side by side."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response, UploadFile
from fastapi.responses import JSONResponse, RedirectResponse

from offkey.errors import AudioError, DataError
from offkey.listing import listing
from offkey.web.explore.explorer import Explorer
from offkey.web.explore.notes import ConflictError, Note
from offkey.web.explore.pages.clip import player_values
from offkey.web.explore.query import Query
from offkey.web.explore.suggestions import KINDS, suggest
from offkey.web.failures import PageError
from offkey.web.rendering import Renderer

__all__ = ["router"]

_LARGEST_CSV = 20_000_000
_HEARD_S = 60.0
_MOST_NAMES = 20


def router(explorer: Explorer, render: Renderer) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/pairs")
    _add_csv(routes, explorer)

    @routes.get("")
    def pairs(request: Request, kind: str = "anomaly", taken: str = "") -> Response:
        kind = kind if kind in KINDS else "anomaly"
        names, find = explorer.library.name, explorer.library.find
        values = {
            "kind": kind,
            "kinds": {key: title for key, (title, _) in KINDS.items()},
            "suggestions": [
                {
                    "a": pair.a,
                    "b": pair.b,
                    "names": (names(pair.a), names(pair.b)),
                    "why": pair.why,
                    "distance": pair.distance,
                }
                for pair in _suggestions(explorer, kind)
            ],
            "notes": [(note, find(note.a), find(note.b)) for note in explorer.notes.all()],
            "path_of_notes": explorer.notes.path,
            "taken": taken if taken.isascii() and taken.isdigit() and len(taken) < 9 else "",
        }
        return render(request, "pairs.html", values)

    @routes.get("/names.json")
    def names(q: str = "") -> Response:
        return JSONResponse(_names_with(explorer, q)[:_MOST_NAMES])

    @routes.get("/open")
    def chosen(a: str = "", b: str = "") -> Response:
        """Lead from two names that were typed or picked, or parts of them, to their page."""
        return RedirectResponse(f"/pairs/{_meant(explorer, a)}/{_meant(explorer, b)}", 303)

    @routes.get("/{a}/{b}")
    def pair(request: Request, a: str, b: str) -> Response:
        return _page(explorer, render, request, a, b)

    @routes.post("/{a}/{b}")
    def save(
        request: Request,
        a: str,
        b: str,
        revision: Annotated[int, Form(ge=0)],
        same_note: Annotated[str, Form()] = "",
        difference_note: Annotated[str, Form()] = "",
    ) -> Response:
        name = explorer.library.name
        note = Note(name(a), name(b), _lines(same_note), _lines(difference_note), revision)
        values: dict[str, Any] = {}
        status = 200
        try:
            values |= {"note": explorer.notes.save(note), "theirs": None, "saved": True}
        except ConflictError as conflict:
            mine = Note(note.a, note.b, note.same_note, note.difference_note, conflict.current.revision)
            values |= {"note": mine, "theirs": conflict.current, "saved": False}
            status = 409
        if "hx-request" in request.headers:
            return render(request, "note.html", {"a": a, "b": b, **values}, status=status)
        if status == 200:
            return RedirectResponse(f"/pairs/{a}/{b}", 303)
        return _page(explorer, render, request, a, b, status, **values)

    return routes


def _add_csv(routes: APIRouter, explorer: Explorer) -> None:
    """Add how notes go out as CSV and come in."""

    @routes.get("/notes.csv")
    def export() -> Response:
        headers = {"Content-Disposition": 'attachment; filename="audio_pair_notes.csv"'}
        return Response(explorer.notes.to_csv(), media_type="text/csv; charset=utf-8", headers=headers)

    @routes.post("/notes.csv")
    def take(file: UploadFile) -> Response:
        content = file.file.read(_LARGEST_CSV + 1)
        if len(content) > _LARGEST_CSV:
            raise PageError(413, f"A file of notes may have up to {_LARGEST_CSV // 1_000_000} MB.")
        try:
            taken = explorer.notes.take_csv(content.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise DataError("The file of notes is no CSV file in UTF-8: save it as such and try again.") from error
        return RedirectResponse(f"/pairs?taken={taken}", 303)


def _names_with(explorer: Explorer, text: str) -> list[str]:
    """Return the names of clips that hold a text, in any case."""
    return explorer.chosen(Query(text=text.strip()))["name"].to_list()


def _meant(explorer: Explorer, text: str) -> str:
    """Return the clip that an id, a name or a part of just one name means."""
    library = explorer.library
    found = text if text in library.ids else library.find(text.strip(), bare=True)
    if found is not None:
        return found
    names = _names_with(explorer, text) if text.strip() else []
    alone = library.find(names[0]) if len(names) == 1 else None
    if alone is not None:
        return alone
    said = repr(text[:60])
    if names:
        some = listing(names, 3)
        raise PageError(404, f"{said} is part of the names of {len(names)} clips ({some}): give more of the name.")
    raise PageError(404, f"No clip of this data set has {said} in its name: give a name as in the table of clips.")


def _suggestions(explorer: Explorer, kind: str) -> list[Any]:
    key = (explorer.catalogue.version, explorer.labels.version)
    return explorer.once(
        f"pairs {kind}", key, lambda: suggest(kind, explorer.frame(), explorer.space(), explorer.library.attributes)
    )


def _page(
    explorer: Explorer, render: Renderer, request: Request, a: str, b: str, status: int = 200, **more: Any
) -> Response:
    players, faults = [], []
    for clip in (a, b):
        explorer.library.name(clip)  # a wrong address is no broken clip
        try:
            players.append(player_values(explorer, clip, explorer.library.recording(clip)))
        except (PageError, AudioError) as error:
            faults.append(str(error))
            status = error.status if isinstance(error, PageError) else 422
    names = [explorer.library.name(clip) for clip in (a, b)]
    values = {
        "a": a,
        "b": b,
        "clips": [explorer.clip(a), explorer.clip(b)],
        "players": players if not faults else [],
        "faults": faults,
        "note": explorer.notes.get(*names),
        "theirs": None,
        "saved": False,
        "heard_s": _HEARD_S,
        **more,
    }
    return render(request, "pair.html", values, status=status)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
