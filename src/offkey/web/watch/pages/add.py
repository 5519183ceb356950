"""A machine is added: its name, its source, whose level is shown before anything is saved, and how long it learns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response, WebSocket
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from offkey.errors import OffkeyError, UsageError
from offkey.synthetic import machines
from offkey.watch.acquisition.microphones import identity_of
from offkey.watch.acquisition.sound_card import list_microphones
from offkey.watch.life.normal_set import file_name
from offkey.watch.settings import parse_settings
from offkey.web.api.app import needs
from offkey.web.failures import status_of
from offkey.web.forms import form_texts, number_of
from offkey.web.rendering import Renderer
from offkey.web.security import visitor_of
from offkey.web.tokens import Scope
from offkey.web.watch.levels import send_levels
from offkey.web.watch.plant import Plant
from offkey.web.watch.source_forms import KINDS, source_from_form

__all__ = ["router"]

_POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1
_NUMBERS = ("learn_hours", "shadow_days", "hop_s")


def router(plant: Plant, render: Renderer) -> APIRouter:
    """Return the routes by which machines are added."""
    routes, steering = APIRouter(), [needs(Scope.admin)]

    @routes.get("/add", dependencies=steering)
    def add(request: Request) -> Response:
        return render(request, "plant_add.html", _values({}))

    @routes.post("/add", dependencies=steering)
    async def save(request: Request) -> Response:
        form = await form_texts(request)
        try:
            name = await run_in_threadpool(_add, plant, form)
        except OffkeyError as error:
            return render(request, "plant_add.html", _values(form, str(error)), status=status_of(error))
        return RedirectResponse(f"{request.scope.get('root_path', '')}/life?{urlencode({'name': name})}", 303)

    @routes.get("/add/microphones", dependencies=steering)
    def microphones(request: Request, chosen: Annotated[str, Query(max_length=200)] = "") -> Response:
        return render(request, "plant_microphones.html", {**_microphones(), "chosen": chosen})

    @routes.websocket("/add/level")
    async def level(socket: WebSocket) -> None:
        if visitor_of(socket).scope < Scope.admin:
            await socket.close(_POLICY_VIOLATION, "This needs a token of scope admin.")
            return
        await send_levels(socket, plant.folder)

    return routes


def _values(form: Mapping[str, str], problem: str = "") -> dict[str, Any]:
    """Return what the page shows: what was typed before, where something was wrong with it."""
    return {"form": form, "problem": problem, "kinds": KINDS, "machines": machines(), "phase": "add"}


def _microphones() -> dict[str, Any]:
    """Return the microphones that are there now, or why there is none."""
    try:
        found = list_microphones()
    except OffkeyError as error:
        return {"microphones": [], "problem": str(error)}
    return {"microphones": [(identity_of(one, found), one) for one in found], "problem": ""}


def _add(plant: Plant, form: Mapping[str, str]) -> str:
    """Write a machine into the file of the plant, and return its name."""
    name = form.get("name", "").strip()
    if not name:
        raise UsageError("A machine needs a name.")
    machine: dict[str, Any] = {"name": name, "model": f"models/{file_name(name)}.offkey"}
    machine |= {key: text for key in ("kind", "area") if (text := form.get(key, "").strip())}
    machine |= {key: number_of(key.replace("_", " "), text) for key in _NUMBERS if (text := form.get(key, "").strip())}
    machine["source"] = source_from_form(form, "source.")
    editor = plant.editor
    known = parse_settings(editor.path, editor.text()).machine
    if any(one.name == name for one in known):
        raise UsageError(f"There is a machine {name!r} already: give this one another name.")
    editor.save(editor.propose({("machine", len(known)): machine}))
    return name
