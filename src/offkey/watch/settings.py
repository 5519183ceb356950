"""The plant as a TOML file describes it; a mistake is named with its line and its key."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Self, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from offkey.decision.events import ALLOWED
from offkey.errors import UsageError
from offkey.watch.acquisition.settings import SourceSettings
from offkey.watch.advisory.settings import MessageSettings, NotifySettings, QuietSettings
from offkey.watch.evidence.settings import ClipSettings
from offkey.watch.section import Name, Section
from offkey.watch.store.address import check_database
from offkey.watch.store.keep import KeepSettings
from offkey.watch.toml_lines import Place, line_of

__all__ = [
    "MachineSettings",
    "PlantSettings",
    "SiteSettings",
    "parse_settings",
    "read_settings",
    "read_text",
]


_SHOWN = 60  # letters of a text that is shown
_TYPES = {
    "list_type": "a list in brackets is expected, or tables under a title in two, such as [[machine]]",
    "model_type": "a table is expected, as under a title in brackets",
    "model_attributes_type": 'a table is expected, such as { kind = "folder", path = "recordings" }',
}


class MachineSettings(Section):
    """A machine that is watched.

    `name`: in events and messages; unlike all others.
    `model`: its model file; a relative path starts at the folder of the TOML file. Where it is not there, the machine
        learns first.
    `hop_s`: seconds from one window to the next; by default as the model has it.
    `shadow_days`: days of sound before anybody is told; at least the 20 minutes of the least number of blocks.
    `kind`: of which kind it is; a fleet view compares machines of one kind.
    `area`: where it stands; machines of one area change together when their surroundings do.
    `sensitivity`: events that the shadow may hold, which is what the rule is chosen by; 1 without a budget.
    `alarms_per_week`: false events a week that it may have at most, by which the sensitivity is chosen where none is
        given; by default its share of the budget of the plant.
    `off_below_db`: level below which it is off; by default found in the shadow.
    `find_states`: whether operating states are looked for in the shadow.
    `learn_hours`: hours of normal sound that a machine without a model is learnt from.
    `learn_channel`: which channel of it, as of ``offkey fit --channel``.
    """

    name: Name
    model: str = Field(min_length=1)
    source: SourceSettings
    hop_s: float | None = Field(default=None, ge=0.1, le=3600)
    shadow_days: float = Field(default=3.0, ge=0.014, le=365)
    kind: Name | None = None
    area: Name | None = None
    sensitivity: int | None = None
    alarms_per_week: float | None = Field(default=None, gt=0)
    off_below_db: float | None = Field(default=None, le=0)
    find_states: bool = True
    learn_hours: float = Field(default=24.0, ge=0.06, le=24 * 60)
    learn_channel: str = Field(default="0", pattern=r"^(\d{1,3}|mean|\d{1,3}-\d{1,3})$")

    @field_validator("sensitivity")
    @classmethod
    def _check_sensitivity(cls, sensitivity: int | None) -> int | None:
        if sensitivity is not None and sensitivity not in ALLOWED:
            choices = ", ".join(map(str, ALLOWED))
            raise ValueError(f"it must be one of {choices} events in the shadow; found {sensitivity}")
        return sensitivity


class SiteSettings(Section):
    """The plant itself: its name in messages, and the IANA zone of the clocks on its walls.

    The package tzdata brings the zones where the system has none.
    `alarms_per_week`: its budget: false events a week of all machines together, of which each gets the same share.
    """

    name: Name = "plant"
    zone: str = "UTC"
    alarms_per_week: float | None = Field(default=None, gt=0)

    @field_validator("zone")
    @classmethod
    def _check_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f'{zone!r} is no time zone; give one such as "Europe/Berlin"') from None
        return zone


class PlantSettings(Section):
    """Machines, of which a new plant has none, where what is found is kept, and who is told.

    `database`: SQLite file, where a relative path starts at the folder of the TOML file, or URL of PostgreSQL.
    """

    plant: SiteSettings = SiteSettings()
    machine: list[MachineSettings] = Field(default=[])
    database: str = Field(default="plant.db", min_length=1)
    keep: KeepSettings = KeepSettings()
    notify: list[NotifySettings] = Field(default=[])
    messages: MessageSettings = MessageSettings()
    quiet: QuietSettings | None = None
    clips: ClipSettings = ClipSettings()

    @field_validator("database")
    @classmethod
    def _check_database(cls, database: str) -> str:
        return check_database(database)

    @field_validator("machine")
    @classmethod
    def _share_budget(cls, machines: list[MachineSettings], info: ValidationInfo) -> list[MachineSettings]:
        budget = info.data["plant"].alarms_per_week if "plant" in info.data else None
        if budget is None or not machines:
            return machines
        share = {"alarms_per_week": budget / len(machines)}
        return [one if one.alarms_per_week is not None else one.model_copy(update=share) for one in machines]

    @model_validator(mode="after")
    def _check_machines(self) -> Self:
        names = [machine.name for machine in self.machine]
        if doubled := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two machines are called {doubled[0]!r}")
        if sum(machine.source.kind == "stdin" for machine in self.machine) > 1:
            raise ValueError("standard input can be the source of one machine alone")
        return self

    @model_validator(mode="after")
    def _check_channels(self) -> Self:
        titles, machines = [channel.title for channel in self.notify], {machine.name for machine in self.machine}
        if doubled := sorted({title for title in titles if titles.count(title) > 1}):
            raise ValueError(f"two channels are called {doubled[0]!r}; give each a name")
        for channel in self.notify:
            if unknown := sorted(set(channel.machines) - machines):
                raise ValueError(f"the channel {channel.title!r} names the machine {unknown[0]!r}, which is not there")
        return self


def read_settings(path: Path) -> PlantSettings:
    """Read the description of a plant.

    Parameters
    ----------
    path : Path
        A TOML file.

    Returns
    -------
    PlantSettings

    Raises
    ------
    UsageError
        If it cannot be read or is not as it must be; with line and key.
    """
    return parse_settings(path, read_text(path))


def read_text(path: Path) -> str:
    """Return the text of the file of a plant, with the line ends that it has; a UsageError where it cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:  # Windows writes a mark before it
            return file.read()
    except OSError as error:
        raise UsageError(f"The plant {path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"The plant {path} is no text in UTF-8 ({error}): save it as such.") from error


def parse_settings(path: Path, text: str) -> PlantSettings:
    """Return the plant that a text describes; a UsageError as of `read_settings`, in which `path` is named."""
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # the reader also gives up on numbers and lists without end
        raise UsageError(f"The plant {path} is no TOML file: {error}.") from error
    try:
        return PlantSettings.model_validate(tables)
    except ValidationError as error:
        raise UsageError(_in_a_sentence(path, text, error)) from error


def _in_a_sentence(path: Path, text: str, error: ValidationError) -> str:
    """Name the first mistake, a key that is not known before others, which may follow from it; and count the rest."""
    first, *others = sorted(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
    place = _without_kinds(first["loc"])
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    more = f" {len(others)} more after it." if others else ""
    return f"{path}, line {line_of(text, place)}, {key or 'the plant'}: {_mistake(first, place)}.{more}"


def _mistake(error: Mapping[str, object], place: Place) -> str:
    """Return what is wrong in words, and what was found, unless that may hold a secret."""
    message = str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    if error["type"] == "extra_forbidden":
        known = {field for section in Section.__subclasses__() for field in section.model_fields}
        alike = difflib.get_close_matches(str(place[-1]), known - {place[-1]}, n=1)
        return "there is no such key here" + "".join(f"; the most alike is {key!r}" for key in alike)
    if error["type"] == "union_tag_invalid":
        context = cast("Mapping[str, str]", error["ctx"])
        return f"its kind {context['tag']!r} is none of {context['expected_tags']}"
    plain = {"missing": "it is missing", "union_tag_not_found": "its 'kind' is missing", "value_error": message}
    return plain.get(str(error["type"]), f"{_TYPES.get(str(error['type']), message)}. Found {_found(error['input'])}")


def _found(value: object) -> str:
    """Return a number or a short text as it stands; of others, which may hold addresses with passwords, what it is."""
    if isinstance(value, (dict, list)):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, str) and (len(value) > _SHOWN or " " in value or "://" in value):
        return "a text"
    return repr(value)


def _without_kinds(place: Place) -> Place:
    """Leave out the kind of a source or a channel, which pydantic names as if it were a key."""
    at = {"machine": 3, "notify": 2}.get(str(place[0]) if place else "", -1)
    return tuple(part for k, part in enumerate(place) if k != at or (at == 3 and place[2] != "source"))
