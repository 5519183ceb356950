"""The life of a machine: learning, shadow, armed; what each sensitivity promises; shelved, or out of service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from offkey.decision.events import Sensitivity
from offkey.errors import OffkeyError, UsageError
from offkey.watch.life.decision import Decision
from offkey.watch.life.phases import standing
from offkey.watch.life.reviews import shelve, shelved_until, unshelve
from offkey.watch.life.steps import arm, begin_learning, begin_shadow, machine_named, put_in_service, shadow_judge
from offkey.watch.life.times import time_to_come
from offkey.watch.machine_model import model_digest
from offkey.watch.settings import MachineSettings
from offkey.watch.store.away import DatabaseAwayError
from offkey.web.api.app import needs
from offkey.web.failures import PageError
from offkey.web.forms import form_texts
from offkey.web.rendering import Renderer
from offkey.web.tokens import Scope
from offkey.web.watch.deciding import decision_of
from offkey.web.watch.plant import Card, Plant

__all__ = ["router"]

_SHOWN = 20  # steps

_Name = Annotated[str, Query(max_length=100)]

Act = Callable[[Plant, MachineSettings, dict[str, str], Decision], None]


def _arm(plant: Plant, machine: MachineSettings, form: dict[str, str], decision: Decision) -> None:
    chosen = form.get("sensitivity", "")
    if not (chosen.isascii() and chosen.isdecimal()):
        raise UsageError(f"The sensitivity must be a whole number. Got {chosen[:20]!r} instead.")
    arm(plant.store, machine, plant.folder, int(chosen), decision)


def _shelve(plant: Plant, machine: MachineSettings, form: dict[str, str], decision: Decision) -> None:
    until = time_to_come(form.get("until", ""), plant.settings.plant.zone, decision.at)
    shelve(plant.store, machine, until, decision)


_ACTS: dict[str, tuple[Scope, Act]] = {
    "arm": (Scope.admin, _arm),
    "learn": (Scope.admin, lambda plant, machine, _, by: begin_learning(plant.store, machine, plant.folder, by)),
    "shadow": (Scope.admin, lambda plant, machine, _, by: begin_shadow(plant.store, machine, plant.folder, by)),
    "out-of-service": (Scope.admin, lambda plant, one, _, by: put_in_service(plant.store, one, "out of service", by)),
    "in-service": (Scope.admin, lambda plant, one, _, by: put_in_service(plant.store, one, "in service", by)),
    "shelve": (Scope.review, _shelve),
    "unshelve": (Scope.review, lambda plant, machine, _, by: unshelve(plant.store, machine, by)),
}
"""Acts of a person on a machine, each with the scope that it takes."""


def router(plant: Plant, render: Renderer) -> APIRouter:
    """Return the routes of the life of machines."""
    routes = APIRouter()

    @routes.get("/life")
    def life(request: Request, name: _Name) -> Response:
        return render(request, "plant_life.html", _values(plant, name))

    @routes.get("/life/progress")
    def progress(request: Request, name: _Name, phase: Annotated[str, Query(max_length=20)]) -> Response:
        card = _card(plant, name)
        answer = render(request, "plant_progress.html", {"card": card})
        return answer if card.row["phase"] == phase else _anew(answer)

    @routes.get("/life/promise")
    def promise(name: _Name, ready: bool) -> Response:
        _, chosen, sentence = _sensitivities(plant, name)
        answer = PlainTextResponse(sentence)
        return answer if ready == (chosen is not None) else _anew(answer)

    for what, (scope, act) in _ACTS.items():
        routes.add_api_route(
            f"/life/{what}", _doing(plant, act), methods=["POST"], name=f"life {what}", dependencies=[needs(scope)]
        )
    return routes


def _doing(plant: Plant, act: Act) -> Callable[[Request], Any]:
    """Return the endpoint that does something with the machine that a form names."""

    async def do(request: Request) -> Response:
        form = await form_texts(request)
        machine, decision = machine_named(plant.settings, form.get("machine", "")), decision_of(request, form, plant)
        await run_in_threadpool(act, plant, machine, form, decision)
        return RedirectResponse(f"{request.scope.get('root_path', '')}/life?{urlencode({'name': machine.name})}", 303)

    return do


def _anew(answer: Response) -> Response:
    """Let the browser load the whole page again, since more than a number has changed."""
    answer.headers["HX-Refresh"] = "true"
    return answer


def _card(plant: Plant, name: str) -> Card:
    card = plant.card(name)
    if card is None:
        raise PageError(404, f"There is no machine {name[:100]!r}: the plant shows all.")
    return card


def _sensitivities(plant: Plant, name: str) -> tuple[list[Sensitivity], int | None, str]:
    """Return what each sensitivity promises now, the one that counts, and its promise, or why there is none yet."""
    machine, steps = machine_named(plant.settings, name), plant.store.life.steps(name)
    try:
        found = standing(steps, model=model_digest(machine, plant.folder), wanted=machine.sensitivity)
        judge = shadow_judge(plant.store, machine, plant.folder, found.sensitivity)
    except DatabaseAwayError:
        raise
    except OffkeyError as error:  # a shadow that is too short, or a model file that cannot be read
        return [], None, str(error)
    return judge.shadow.sensitivities(), judge.sensitivity.allowed, f"So far: {judge.sensitivity.sentence()}."


def _values(plant: Plant, name: str) -> dict[str, Any]:
    """Return what the page shows."""
    card = _card(plant, name)
    found, chosen, promise = _sensitivities(plant, name)
    steps = plant.store.life.steps(name)
    return {
        "card": card,
        "chosen": chosen,
        "sensitivities": found,
        "promise": promise,
        "steps": steps[-_SHOWN:][::-1],
        "shelved": shelved_until(plant.store, plant.clock.utc()).get(name),
    }
