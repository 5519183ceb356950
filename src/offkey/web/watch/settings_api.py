"""Routes of the API by which programs read and change what the page of the settings does."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from offkey.errors import UnknownNameError, UsageError
from offkey.watch.edit.plant_editor import text_digest
from offkey.watch.settings import MachineSettings, PlantSettings, parse_settings
from offkey.web.api.app import needs
from offkey.web.forms import number_of
from offkey.web.tokens import Scope
from offkey.web.watch import settings_fields
from offkey.web.watch.plant import Plant
from offkey.web.watch.settings_change import is_as_shown, proposed
from offkey.web.watch.settings_fields import REMOVE, machine_fields, plant_fields, source_shown
from offkey.web.watch.source_forms import KINDS

__all__ = ["settings_api"]

Value: TypeAlias = str | int | float | list[str] | None
_OF_PLANT = {"plant.name": "hall 2", "plant.alarms_per_week": 1, "quiet.from": None, "keep.clips_days": 365}
_OF_PUMP = {"hop_s": None, "sensitivity": 1, "source.kind": "ffmpeg", "source.url": "rtsp://camera/audio"}


class PlantValues(BaseModel):
    """The settings that stand in the file of a plant; null where it has no value, and the default counts."""

    digest: str = Field(description="Of the file; a change names it.", examples=["9f86d081884c7d659a2feaa0c55ad015"])
    plant: dict[str, Value] = Field(description="Of the plant itself.", examples=[_OF_PLANT])
    machines: dict[str, dict[str, Value]] = Field(
        description="Of each machine; user and password of an address are hidden.", examples=[{"pump 7": _OF_PUMP}]
    )


class Changes(BaseModel):
    """Values that are to be others; what is not named stays as it is, and null takes a value out of the file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    digest: str = Field(
        max_length=64, description="Of the file that was read.", examples=["9f86d081884c7d659a2feaa0c55ad015"]
    )
    plant: dict[str, Value] = Field(default={}, max_length=100, examples=[{"plant.alarms_per_week": 2}])
    machines: dict[str, dict[str, Value] | None] = Field(
        default={}, max_length=1000, description="Null removes a machine.", examples=[{"pump 7": {"hop_s": 1.0}}]
    )
    proposed: str = Field(
        default="",
        max_length=64,
        description="What the answer to the same changes had as `proposed`; they are written then, else only shown.",
        examples=["", "5a0c8c3f5a554f4f9d6a6b1f2f8f2a11"],
    )


class Changed(BaseModel):
    """The consequences of changes, in words, and whether they were written and taken up."""

    written: bool = Field(examples=[False])
    sentences: list[str] = Field(examples=[["pump 7: hop 1 s instead of 2 s; its shadow begins anew"]])
    proposed: str = Field(
        description="Sent with the same changes, it has them written.", examples=["5a0c8c3f5a554f4f9d6a6b1f2f8f2a11"]
    )


def settings_api(plant: Plant) -> APIRouter:
    """Return the routes of the settings."""
    router = APIRouter(tags=["watch"], dependencies=[needs(Scope.admin)])

    @router.get("/settings")
    def settings() -> PlantValues:
        """Return the settings that can be changed, as they stand in the file of the plant."""
        text = plant.editor.text()
        found, document = parse_settings(plant.editor.path, text), tomllib.loads(text)
        machines = {
            machine.name: dict(_of_machine(machine, number, document["machine"][number]))
            for number, machine in enumerate(found.machine)
        }
        fields = [one for group in plant_fields(found).values() for one in group]
        return PlantValues(digest=text_digest(text), plant={one.name: _value(one) for one in fields}, machines=machines)

    @router.put("/settings")
    def change(body: Changes) -> Changed:
        """Say what changes of the settings would bring about, or write them where that was said before."""
        text = plant.editor.text()
        if body.digest != text_digest(text):
            raise UsageError("The file of the plant is not the one of this digest: get /api/settings again.")
        proposal = proposed(plant, _form(body, parse_settings(plant.editor.path, text)), body.digest)
        is_agreed = is_as_shown(proposal, body.proposed)
        if is_agreed:
            plant.editor.save(proposal)
        return Changed(written=is_agreed, sentences=proposal.sentences, proposed=text_digest(proposal.text))

    return router


def _of_machine(machine: MachineSettings, number: int, written: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    """Yield names and values of a machine."""
    before = f"machine.{number}."
    for one in machine_fields(machine, number, written):
        yield one.name.removeprefix(before), _value(one)
    for name, text in source_shown(machine, before).items():
        yield f"source.{name.removeprefix(before)}", int(text) if name.endswith(".channels") else text


def _value(field: settings_fields.Field) -> Value:
    """Return what a field shows as JSON has it."""
    if isinstance(field.shown, tuple):
        return list(field.shown)
    if not field.shown:
        return None
    is_number = field.kind == "number" or (field.kind == "choice" and field.shown.isdecimal())
    return number_of(field.label, field.shown) if is_number else field.shown


def _form(body: Changes, settings: PlantSettings) -> dict[str, list[str]]:
    """Return changes as the form of the page sends them."""
    known = {one.name for group in plant_fields(settings).values() for one in group}
    form = {_known(name, known, "the plant"): _texts(value) for name, value in body.plant.items()}
    numbers = {machine.name: number for number, machine in enumerate(settings.machine)}
    for machine, values in body.machines.items():
        if machine not in numbers:
            raise UnknownNameError(f"There is no machine {machine[:100]!r}: /api/settings lists those that there are.")
        before = f"machine.{numbers[machine]}."
        if values is None:
            form[f"{before}{REMOVE}"] = ["yes"]
            continue
        known = {one.name.removeprefix(before) for one in machine_fields(settings.machine[0], numbers[machine], {})}
        known |= {"source.kind", "source.channels", *(f"source.{field}" for field, _ in KINDS.values())}
        form |= {before + _known(name, known, machine): _texts(value) for name, value in values.items()}
    return form


def _known(name: str, known: set[str], of: str) -> str:
    if name not in known:
        raise UnknownNameError(f"There is no setting {name[:100]!r} of {of}: /api/settings lists those that there are.")
    return name


def _texts(value: Value) -> list[str]:
    """Return a value as it would be typed; the empty text says that there is a field."""
    if isinstance(value, list):
        return ["", *value]
    return [""] if value is None else [str(value)]
