"""Sound and pictures of one clip."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import JSONResponse, StreamingResponse

from offkey.web.explore.explorer import Explorer
from offkey.web.explore.palette import PALETTE
from offkey.web.explore.shape import waveform
from offkey.web.explore.tiles import BANDS, BANDS_CHOICES, MOST_ZOOM, WINDOWS_MS, thumbnail, tile
from offkey.web.explore.wav_stream import WavStream, parse_range
from offkey.web.failures import PageError
from offkey.web.rendering import Renderer

__all__ = ["router"]

_KEEP = {"Cache-Control": "private, max-age=3600"}
_LAST_TILE = 1_000_000


def router(explorer: Explorer, render: Renderer) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/clips/{clip}")

    @routes.get("/audio.wav")
    def audio(
        clip: str,
        channel: str = "",
        start: Annotated[float, Query(ge=0, le=1e7)] = 0.0,
        end: Annotated[float | None, Query(ge=0, le=1e7)] = None,
        range: Annotated[str | None, Header()] = None,  # noqa: A002 - the name of the header
    ) -> Response:
        recording = explorer.library.recording(clip)
        chosen = explorer.channel(clip, channel)
        next(recording.parts([(0, 1)], chosen))  # what cannot be decoded at all is said before anything is promised
        stream = WavStream.of(recording, chosen, start, end)
        headers = {"Accept-Ranges": "bytes", **_KEEP}
        try:
            part = parse_range(range, stream.size)
        except ValueError:
            headers["Content-Range"] = f"bytes */{stream.size}"
            return Response("The range lies beyond the end of the clip.", 416, headers, "text/plain")
        first, last = part or (0, stream.size)
        headers["Content-Length"] = str(last - first)
        if part:
            headers["Content-Range"] = f"bytes {first}-{last - 1}/{stream.size}"
        return StreamingResponse(stream.part(first, last), 206 if part else 200, headers, "audio/wav")

    @routes.get("/tile/{scale}/{zoom}/{index}.png")
    def spectrogram(
        clip: str,
        scale: Literal["mel", "linear"],
        zoom: int,
        index: int,
        channel: str = "",
        bands: int = BANDS,
        window: int = 64,
    ) -> Response:
        if not (0 <= zoom <= MOST_ZOOM and 0 <= index < _LAST_TILE):
            raise PageError(404, f"There is no tile {index} of zoom level {zoom}: levels go from 0 to {MOST_ZOOM}.")
        for name, value, choices in (("bands", bands, BANDS_CHOICES), ("window", window, WINDOWS_MS)):
            if value not in choices:
                raise PageError(400, f"A tile's {name} must be one of {', '.join(map(str, choices))}; found {value}.")
        recording, chosen = explorer.library.recording(clip), explorer.channel(clip, channel)
        content = tile(recording, channel=chosen, zoom=zoom, index=index, scale=scale, bands=bands, window_ms=window)
        return Response(content, media_type="image/png", headers=_KEEP)

    @routes.get("/thumbnail.png")
    def small(clip: str) -> Response:
        recording = explorer.library.recording(clip)
        content = thumbnail(recording, channel=explorer.channel(clip, ""), palette=PALETTE)
        return Response(content, media_type="image/png", headers=_KEEP)

    @routes.get("/waveform.json")
    def wave(
        clip: str,
        start: Annotated[float, Query(ge=0, le=1e7)],
        end: Annotated[float, Query(ge=0, le=1e7)],
        channel: str = "",
    ) -> Response:
        recording = explorer.library.recording(clip)
        chosen = explorer.channel(clip, channel)
        return JSONResponse(waveform(recording, channel=chosen, start_s=start, end_s=end), headers=_KEEP)

    return routes
