"""The part of the web app that serves models, without a page."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from offkey.web.api.limits import Limits
from offkey.web.api.scoring import scoring_router
from offkey.web.api.served import ServedModels
from offkey.web.app import AppPart
from offkey.web.rendering import Renderer

__all__ = ["serve_part"]


def serve_part(models: ServedModels, limits: Limits) -> AppPart:
    """Return the part that serves models."""

    def routers(_render: Renderer) -> Sequence[APIRouter]:
        router = APIRouter()

        @router.get("/healthz")
        def healthz() -> PlainTextResponse:
            return PlainTextResponse("alive")

        return [router]

    return AppPart(navigation=(), routers=routers, api=lambda: [scoring_router(models, limits)])
