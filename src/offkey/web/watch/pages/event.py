"""One event: what it was in words, and what people say of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from offkey.features.mel import mel_centres_hz
from offkey.watch.advisory.words import event_sentences, headline
from offkey.watch.health.events import Change
from offkey.watch.life.reviews import Verdict, acknowledge, event_named, review
from offkey.web.api.app import needs
from offkey.web.explore.tiles import BANDS
from offkey.web.failures import PageError
from offkey.web.forms import form_texts
from offkey.web.rendering import Renderer
from offkey.web.tokens import Scope
from offkey.web.watch.deciding import decision_of
from offkey.web.watch.pages.evidence import EventName
from offkey.web.watch.plant import Plant

__all__ = ["router"]

_VERDICTS: dict[str, Verdict] = {"true": "true", "false": "false", "expected": "expected"}


def router(plant: Plant, render: Renderer) -> APIRouter:
    """Return the routes of an event."""
    routes = APIRouter()

    @routes.get("/event")
    def event(request: Request, event: EventName) -> Response:
        return render(request, "plant_event.html", _values(plant, event_named(plant.store, event)))

    @routes.post("/event/review", dependencies=[needs(Scope.review)])
    async def judge(request: Request) -> Response:
        form = await form_texts(request)
        verdict = _VERDICTS.get(form.get("verdict", ""))
        if verdict is None:
            found = form.get("verdict", "")[:40]
            raise PageError(400, f"A verdict is one of {', '.join(_VERDICTS)}. Got {found!r} instead.")
        decision, join = decision_of(request, form, plant), "join_normal" in form
        event = form.get("event", "")
        row = await run_in_threadpool(review, plant.store, plant.folder, event, verdict, decision, join_normal=join)
        return _back(request, row["event"])

    @routes.post("/event/acknowledge", dependencies=[needs(Scope.review)])
    async def see(request: Request) -> Response:
        form = await form_texts(request)
        decision = decision_of(request, form, plant)
        found = await run_in_threadpool(acknowledge, plant.store, form.get("event", ""), decision)
        return _back(request, found["event"])

    return routes


def _back(request: Request, event: str) -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}/event?event={event}", 303)


def _values(plant: Plant, row: dict[str, Any]) -> dict[str, Any]:
    """Return what the page of an event shows."""
    ident, store = row["event"], plant.store
    clips = [clip for clip in store.clips(ident) if clip["removed_at"] is None]
    explanation = store.explanation(ident)
    details = {} if explanation is None else explanation["details"]
    change, zone = Change.of(row), plant.zone.key
    first = headline(change, zone)
    advice = event_sentences(change, details, zone=zone, has_clip=bool(clips)).removeprefix(first).strip()
    acts = [act for act in store.life.acts() if act["event"] == ident]
    return {
        "event": row,
        "headline": first,
        "advice": advice,
        "sentence": None if explanation is None else explanation["sentence"],
        "details": details,
        "clips": clips,
        "regions": _boxes(details, clips[0]) if clips and details else [],
        "reviews": store.life.reviews(ident),
        "acts": acts,
        "has_normal": bool(details.get("normal") and details["normal"]["sha256"]),
    }


def _boxes(details: dict[str, Any], clip: dict[str, Any]) -> list[dict[str, float]]:
    """Return where the regions of an explanation lie in the picture of its clip, as shares of width and height."""
    length, found = clip["ended"] - clip["began"], []
    for region in details.get("regions", []):
        low, high = (_height(region[key], clip["rate"]) for key in ("low_hz", "high_hz"))
        place = {"top": 1 - high, "height": high - low, "low": region["low_hz"], "high": region["high_hz"]}
        found += [
            {"left": start / length, "width": (end - start) / length, **place}
            for start, end in region["spans_s"]
            if start < length
        ]
    return found


def _height(hz: float, rate: int) -> float:
    """Return how high a frequency lies in a picture with mel bands, from 0 to 1."""
    return float(np.interp(hz, mel_centres_hz(rate, BANDS), (np.arange(BANDS) + 0.5) / BANDS))
