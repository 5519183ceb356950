"""Settings of the plant: shown as fields, said what would change, then written into its file and taken up."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from offkey.errors import OffkeyError
from offkey.synthetic import machines
from offkey.watch.edit.plant_editor import Proposal, text_digest
from offkey.watch.settings import parse_settings
from offkey.web.api.app import needs
from offkey.web.failures import status_of
from offkey.web.forms import form_items
from offkey.web.rendering import Renderer
from offkey.web.tokens import Scope
from offkey.web.watch.plant import Plant
from offkey.web.watch.settings_change import is_as_shown, proposed
from offkey.web.watch.settings_fields import REMOVE, machine_fields, plant_fields, source_shown
from offkey.web.watch.source_forms import KINDS

__all__ = ["router"]

_Form = Mapping[str, Sequence[str]]


def router(plant: Plant, render: Renderer) -> APIRouter:
    """Return the routes of the settings."""
    routes, steering = APIRouter(), [needs(Scope.admin)]

    @routes.get("/settings", dependencies=steering)
    def settings(
        request: Request, saved: bool = False, machine: Annotated[str, Query(max_length=100)] = ""
    ) -> Response:
        return render(request, "plant_settings.html", {**_values(plant, {}), "saved": saved, "opened": machine})

    @routes.post("/settings", dependencies=steering)
    async def change(request: Request) -> Response:
        form = dict[str, list[str]]()
        for name, value in await form_items(request):
            form.setdefault(name, []).append(value)
        try:
            proposal = await run_in_threadpool(proposed, plant, form, _last(form, "digest"))
            if _is_agreed(form, proposal):
                await run_in_threadpool(plant.editor.save, proposal)
                return RedirectResponse(f"{request.scope.get('root_path', '')}/settings?saved=true", 303)
        except OffkeyError as error:
            values = _values(plant, form) | {"problem": str(error)}
            return render(request, "plant_settings.html", values, status=status_of(error))
        shown = {"proposal": proposal, "proposed": text_digest(proposal.text)}
        return render(request, "plant_settings.html", _values(plant, form) | shown)

    return routes


def _is_agreed(form: _Form, proposal: Proposal) -> bool:
    """Tell whether a person wants what was shown before."""
    return _last(form, "act") == "save" and is_as_shown(proposal, _last(form, "proposed"))


def _last(form: _Form, name: str) -> str:
    return form.get(name, [""])[-1]


def _values(plant: Plant, form: _Form) -> dict[str, Any]:
    """Return what the page shows: what was typed, as long as the file is the one that it belongs to."""
    found: dict[str, Any] = {
        "file": plant.editor.path,
        "problem": "",
        "digest": "",
        "proposal": None,
        "saved": False,
        "opened": "",
    }
    try:
        text = plant.editor.text()
        settings = parse_settings(plant.editor.path, text)
    except OffkeyError as error:
        return found | {"problem": str(error)}
    digest, document = text_digest(text), tomllib.loads(text)
    known = form if _last(form, "digest") == digest else {}
    groups, rows = plant_fields(settings), []
    for number, machine in enumerate(settings.machine):
        prefix = f"machine.{number}."
        fields = machine_fields(machine, number, document["machine"][number])
        source = source_shown(machine, f"{prefix}source.")
        typed = source | {name: known[name][-1].strip() for name in source if known.get(name)}
        is_changed = any(one.typed(known) != one.shown for one in fields) or f"{prefix}{REMOVE}" in known
        rows.append((machine, fields, typed, is_changed or typed != source))
    fields = [one for group in (*groups.values(), *(row[1] for row in rows)) for one in group]
    removed = {name: "yes" for name in known if name.endswith(f".{REMOVE}")}
    return found | {
        "digest": digest,
        "groups": groups,
        "machines": rows,
        "typed": {one.name: one.typed(known) for one in fields} | removed,
        "kinds": KINDS,
        "simulated": machines(),
        "remove": REMOVE,
    }
