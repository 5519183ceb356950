"""The web app: rooms put together behind one guard, with one look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from offkey.pages import STYLE
from offkey.web.api.app import create_api
from offkey.web.failures import add_failure_pages
from offkey.web.problems import API
from offkey.web.rendering import STATIC, NavigationItem, Renderer, static_version
from offkey.web.security import Guard, GuardMiddleware

__all__ = ["AppPart", "create_app"]


@dataclass(frozen=True)
class AppPart:
    """A part of the app, such as the explorer."""

    navigation: Sequence[NavigationItem]  # pages that every page links to
    routers: Callable[[Renderer], Sequence[APIRouter]]
    shared: Callable[[], Mapping[str, Any]] = dict  # values for all templates
    templates: Sequence[Path] = ()  # folders of templates of other packages
    api: Callable[[], Sequence[APIRouter]] = tuple  # routes under /api, for programs


def create_app(rooms: Sequence[AppPart], *, title: str, guard: Guard | None = None) -> FastAPI:
    """Make the app of rooms with different paths; without a guard it answers requests to this computer's names only."""
    navigation = [item for room in rooms for item in room.navigation]
    templates = [folder for room in rooms for folder in room.templates]

    def shared() -> dict[str, Any]:
        return {key: value for room in rooms for key, value in room.shared().items()}

    render = Renderer(title, navigation, shared, templates)
    app = FastAPI(title=title, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(GuardMiddleware, guard=guard or Guard())
    app.mount(f"/static/{static_version()}", _Static(directory=STATIC, packages=[("offkey", STYLE.name)]))
    for room in rooms:
        for router in room.routers(render):
            app.include_router(router)
    if routes := [router for room in rooms for router in room.api()]:
        app.mount(API, create_api(routes, title=title))
    add_failure_pages(app, render)
    return app


class _Static(StaticFiles):
    """Files that browsers keep: their addresses change when they do."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.setdefault("Cache-Control", "private, max-age=604800")
        return response
