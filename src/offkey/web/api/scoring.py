"""Routes that score: an uploaded clip, and a stream of raw samples."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Send
from starlette.types import Scope as Connection

from offkey.audio import FileRecording
from offkey.audio.channel import Samples
from offkey.errors import AudioError
from offkey.model import Model, Result
from offkey.watch.acquisition.pcm import pcm_samples
from offkey.watch.acquisition.source import Begin, End
from offkey.watch.features import StreamScores
from offkey.web.api.answers import ClipScores, ModelFacts, StreamRow, clip_scores, model_facts, stream_row
from offkey.web.api.app import needs
from offkey.web.api.limits import Limits, RateLimit
from offkey.web.api.served import ServedModels
from offkey.web.api.uploads import FIELD, uploaded
from offkey.web.failures import PageError
from offkey.web.tokens import Scope

__all__ = ["scoring_router"]

_CLIP = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {FIELD: {"type": "string", "format": "binary"}},
                    "required": [FIELD],
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
_SAMPLES = {
    "requestBody": {
        "required": False,
        "description": "Signed samples of 16 bits, little-endian, channels interleaved, in any pieces; "
        "an empty body has no window.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class _Answering(StreamingResponse):
    """Streams an answer while the request still comes; the base would wait for its end by taking pieces of it."""

    media_type = "application/x-ndjson"

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        """Send the answer."""
        await self.stream_response(send)


def scoring_router(models: ServedModels, limits: Limits) -> APIRouter:
    """Return the routes that score by models."""
    router = APIRouter(dependencies=[Depends(RateLimit(limits.per_minute)), needs(Scope.read)], tags=["score"])
    streams = asyncio.Semaphore(limits.streams)

    @router.get("/models")
    def list_models() -> list[ModelFacts]:
        """List the models that are served."""
        return [model_facts(name, models[name]) for name in models.names()]

    @router.post("/models/{name}/score", openapi_extra=_CLIP)
    async def score(
        name: str,
        request: Request,
        called: Annotated[str | None, Query(max_length=200, description="Name of the clip in the answer.")] = None,
        explain: Annotated[bool, Query(description="Whether to say why the clip has its score.")] = False,
    ) -> ClipScores:
        """Score a clip: a sound file as the body, or as the field 'file' of a form."""
        model = models[name]
        async with uploaded(request, limits, called) as clip:
            return await run_in_threadpool(_scored, model, clip, explain=explain)

    @router.post(
        "/models/{name}/stream",
        openapi_extra=_SAMPLES,
        response_class=_Answering,
        responses={200: {"model": StreamRow, "description": "A line per window."}},
    )
    async def stream(
        name: str,
        request: Request,
        rate: Annotated[int, Query(ge=400, le=10_000_000, description="Sampling rate in Hz.", examples=[16000])],
        channels: Annotated[int, Query(ge=1, le=64)] = 1,
        hop_s: Annotated[float | None, Query(ge=0.1, le=3600, description="By default as the model has it.")] = None,
    ) -> _Answering:
        """Score a stream while it comes: a line of JSON for each window, as soon as it is whole."""
        model = models[name] if hop_s is None else models[name].with_windowing(None, hop_s)
        scores = StreamScores(model, "The stream")
        scores.feed(Begin(rate, 0.0))
        if streams.locked():
            raise PageError(503, f"{limits.streams} streams are scored already: come again.", {"Retry-After": "10"})
        lines = _lines(request, model, scores, channels, limits.idle_s)
        return _Answering(_holding(streams, lines))

    return router


def _scored(model: Model, clip: FileRecording, *, explain: bool) -> ClipScores:
    """Score a clip, and explain it where that is wanted and can be."""
    results: Sequence[Result] = list(model.results([clip], jobs=1))
    explanation = None
    if explain and any(result.ok for result in results):
        from offkey.explain import explain as explain_clip

        explanation = {**explain_clip(model, clip.path).to_dict(), "file": clip.name}
    return clip_scores(model, results, explanation)


async def _holding(streams: asyncio.Semaphore, lines: AsyncIterator[str]) -> AsyncIterator[str]:
    async with streams:
        async for line in lines:
            yield line


async def _lines(
    request: Request, model: Model, scores: StreamScores, channels: int, idle_s: float
) -> AsyncIterator[str]:
    """Yield a line for each window of the samples that a request brings."""
    async for item in _items(request, channels, idle_s):
        try:
            windows = await run_in_threadpool(scores.feed, item)
        except AudioError as error:
            unusable = StreamRow(start_s=None, end_s=None, score=None, p_value=None, anomalous=None, error=str(error))
            yield unusable.model_dump_json() + "\n"
            return
        for window in windows:
            yield stream_row(model, window).model_dump_json() + "\n"


async def _items(request: Request, channels: int, idle_s: float) -> AsyncIterator[Samples | End]:
    """Yield blocks of samples, and the end where the stream ended by itself."""
    left, pieces = b"", request.stream()
    while True:
        try:
            piece = await asyncio.wait_for(anext(pieces), idle_s)
        except StopAsyncIteration:
            yield End("the stream has ended", is_whole=True)
            return
        except (TimeoutError, ClientDisconnect):
            return
        block, left = pcm_samples(left + piece, channels)
        if len(block):
            yield block
