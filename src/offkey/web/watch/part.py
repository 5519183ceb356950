"""The part of the web app that shows a plant and answers for its monitor."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from offkey.decision.events import duration
from offkey.web.app import AppPart
from offkey.web.rendering import NavigationItem, Renderer
from offkey.web.watch.acts_api import acts_api
from offkey.web.watch.answers import supervision
from offkey.web.watch.api import watch_api
from offkey.web.watch.pages import (
    add,
    event,
    events,
    evidence,
    install,
    life,
    machine,
    overview,
    quality,
    record,
    settings,
    system,
)
from offkey.web.watch.plant import Plant
from offkey.web.watch.settings_api import settings_api

__all__ = ["watch_part"]

_NAVIGATION = (
    NavigationItem("Plant", "/"),
    NavigationItem("Events", "/events"),
    NavigationItem("Alarm quality", "/quality"),
    NavigationItem("System", "/system"),
    NavigationItem("Settings", "/settings"),
)


def watch_part(plant: Plant) -> AppPart:
    """Return the part for a plant."""

    def routers(render: Renderer) -> Sequence[APIRouter]:
        pages = (overview, machine, events, event, evidence, life, quality, system, settings, add, record, install)
        return [supervision(plant), *(page.router(plant, render) for page in pages)]

    def shared() -> dict[str, object]:
        subject = {"subject": "Plant", "subject_name": plant.settings.plant.name}
        return {
            **subject,
            "moment": plant.moment,
            "nature": plant.nature,
            "duration": duration,
            "verdicts": plant.verdicts,
            "installable": True,
            "zone": plant.zone.key,
        }

    return AppPart(_NAVIGATION, routers, shared, api=lambda: [watch_api(plant), acts_api(plant), settings_api(plant)])
