"""The pages of the explorer, a router each."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from offkey.web.app import Room
from offkey.web.explore.explorer import Explorer
from offkey.web.explore.pages import clip, clips, labels, media, overview, pairs, progress, scatter
from offkey.web.rendering import NavigationItem, Renderer

__all__ = ["explore_room"]

_NAVIGATION = (
    NavigationItem("Overview", "/"),
    NavigationItem("Clips", "/clips"),
    NavigationItem("Pairs", "/pairs"),
    NavigationItem("Map", "/map"),
    NavigationItem("Labels", "/labels"),
)


def explore_room(explorer: Explorer) -> Room:
    """Return the explorer's part of the app."""

    def routers(render: Renderer) -> Sequence[APIRouter]:
        rooms = (overview, clips, clip, media, pairs, scatter, labels, progress)
        return [room.router(explorer, render) for room in rooms]

    def shared() -> dict[str, object]:
        return {"dataset_name": explorer.library.root.name, "progress": explorer.progress}

    return Room(_NAVIGATION, routers, shared)
