"""A clip that a visitor records with a telephone: scored by the model of a machine, or added to its normal set."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from offkey.audio import FileRecording
from offkey.errors import AudioError
from offkey.model import Model
from offkey.watch.life.normal_set import NormalSet, flac_of
from offkey.web.api.app import needs
from offkey.web.api.limits import Limits, RateLimit
from offkey.web.api.uploads import uploaded
from offkey.web.failures import PageError
from offkey.web.rendering import Renderer
from offkey.web.tokens import Scope
from offkey.web.watch.plant import Card, Plant

__all__ = ["router"]

_LIMITS = Limits(megabytes=16.0, clip_s=60.0, per_minute=60.0)

_Name = Annotated[str, Query(max_length=100)]


def router(plant: Plant, render: Renderer) -> APIRouter:
    """Return the routes of recording."""
    routes, limited = APIRouter(), Depends(RateLimit(_LIMITS.per_minute))

    @routes.get("/record")
    def record(request: Request, name: _Name) -> Response:
        return render(request, "plant_record.html", {"card": _card(plant, name)})

    @routes.post("/record/score", dependencies=[needs(Scope.read), limited])
    async def score(request: Request, name: _Name) -> Response:
        _card(plant, name)
        model = plant.monitor.model(name)
        if model is None:
            raise PageError(404, f"{name} has no model yet: it is learning.")
        async with uploaded(request, _LIMITS, "The clip") as clip:
            return await run_in_threadpool(_scored, model, clip)

    @routes.post("/record/normal", dependencies=[needs(Scope.review), limited])
    async def join(request: Request, name: _Name) -> Response:
        _card(plant, name)
        async with uploaded(request, _LIMITS, "The clip") as clip:
            await run_in_threadpool(_join, NormalSet(plant.folder, name), clip)
        sentence = "The clip is in the normal set: it counts from the next model on."
        return JSONResponse({"sentence": sentence, "anomalous": False})

    return routes


def _card(plant: Plant, name: str) -> Card:
    card = plant.card(name)
    if card is None:
        raise PageError(404, f"There is no machine {name!r}: the plant shows all.")
    return card


def _scored(model: Model, clip: FileRecording) -> Response:
    """Say whether a clip sounds normal, by the worst of its windows."""
    results = list(model.results([clip], jobs=1))
    known = [(result.score, bool(result.anomalous)) for result in results if result.score is not None]
    if not known:
        raise AudioError(results[0].error or "The clip cannot be scored.")
    score, anomalous = max(known)
    verdict = "It sounds wrong" if anomalous else "It sounds normal"
    sentence = f"{verdict}: score {score:.2f}, threshold {model.threshold.value:.2f}."
    return JSONResponse({"sentence": sentence, "anomalous": anomalous})


def _join(normal: NormalSet, clip: FileRecording) -> None:
    """Put a clip into a normal set, as FLAC."""
    import soundfile

    try:
        samples, rate = soundfile.read(clip.path, dtype="int16", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise AudioError(f"{clip.name} is no sound that can be read: {error}.") from error
    normal.join(flac_of(samples, rate), f"recorded-{uuid.uuid4().hex}")
