"""The pages of the explorer, a router each."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from offkey.explain.machine_page import TEMPLATES
from offkey.web.app import AppPart
from offkey.web.explore.explorer import Explorer
from offkey.web.explore.pages import clip, clips, explanation, labels, media, overview, pairs, progress, scatter
from offkey.web.rendering import NavigationItem, Renderer

__all__ = ["explore_part"]

_NAVIGATION = (
    NavigationItem("Overview", "/"),
    NavigationItem("Clips", "/clips"),
    NavigationItem("Pairs", "/pairs"),
    NavigationItem("Map", "/map"),
    NavigationItem("Labels", "/labels"),
)


def explore_part(explorer: Explorer) -> AppPart:
    """Return the explorer's part of the app."""

    def routers(render: Renderer) -> Sequence[APIRouter]:
        rooms = (overview, clips, clip, explanation, media, pairs, scatter, labels, progress)
        return [room.router(explorer, render) for room in rooms]

    def shared() -> dict[str, object]:
        name = explorer.library.root.name
        return {"subject": "Data set", "subject_name": name, "dataset_name": name, "progress": explorer.progress}

    return AppPart(_NAVIGATION, routers, shared, [TEMPLATES])
