"""The sound of events, the pictures of it, and the normal clips that it is compared with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse

from offkey.audio import FileRecording
from offkey.watch.evidence.clips import clip_files
from offkey.watch.evidence.normal import normal_flac
from offkey.watch.life.reviews import event_named
from offkey.web.explore.palette import PALETTE
from offkey.web.explore.tiles import thumbnail
from offkey.web.failures import PageError
from offkey.web.rendering import Renderer
from offkey.web.watch.plant import Plant

__all__ = ["EventName", "router"]

_KEEP = {"Cache-Control": "private, max-age=3600"}
_SIZE = (640, 160)  # of the picture of a clip

EventName = Annotated[str, Query(min_length=4, max_length=64, pattern="^[0-9a-f]+$")]
"""Identity of an event, or its first letters, in an address."""


def router(plant: Plant, _render: Renderer) -> APIRouter:
    """Return the routes of sounds and pictures."""
    routes = APIRouter()

    @routes.get("/event/clip.flac")
    def sound(event: EventName, number: Annotated[int, Query(ge=0)] = 0) -> Response:
        return FileResponse(_clip(plant, event, number), media_type="audio/flac", headers=_KEEP)

    @routes.get("/event/clip.png")
    def picture(event: EventName, number: Annotated[int, Query(ge=0)] = 0) -> Response:
        recording = FileRecording(_clip(plant, event, number))
        return Response(
            thumbnail(recording, channel=0, palette=PALETTE, size=_SIZE), media_type="image/png", headers=_KEEP
        )

    @routes.get("/event/normal.flac")
    def normal(event: EventName) -> Response:
        return Response(_normal_sound(plant, event), media_type="audio/flac", headers=_KEEP)

    return routes


def _clip(plant: Plant, event: str, number: int) -> Path:
    """Return the file of a clip of an event."""
    clips = clip_files(plant.folder, plant.store.clips(event_named(plant.store, event)["event"]))
    if number >= len(clips):
        raise PageError(404, "The event has no such clip, or it was removed to make room.")
    if not clips[number].is_file():
        raise PageError(404, f"The clip {clips[number].relative_to(plant.folder)} is gone from its folder.")
    return clips[number]


def _normal_sound(plant: Plant, event: str) -> bytes:
    """Return the nearest normal clip of an event as the model keeps it, as a FLAC file."""
    row = event_named(plant.store, event)
    explanation, model = plant.store.explanation(row["event"]), plant.monitor.model(row["machine"])
    found = None if explanation is None or model is None else normal_flac(model, explanation["details"])
    if found is None:
        raise PageError(404, "The model of the machine keeps no sound of such a normal clip.")
    return found
