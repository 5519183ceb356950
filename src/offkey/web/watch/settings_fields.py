"""The file of a plant as fields of a form, and what was typed there as edits of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from offkey.decision.events import ALLOWED
from offkey.watch.acquisition.settings import FfmpegSource
from offkey.watch.advisory.settings import DAYS
from offkey.watch.settings import MachineSettings, PlantSettings
from offkey.watch.toml_lines import Place
from offkey.web.forms import number_of
from offkey.web.watch.source_forms import (
    KINDS,
    WITH_CHANNELS,
    channel_count,
    masked,
    source_from_form,
    source_value,
)

__all__ = ["REMOVE", "Field", "edits_from_form", "machine_fields", "plant_fields", "source_shown"]

REMOVE = "remove"
"""Name, behind that of its machine, of the box that takes a machine away."""

_LEVELS = ("watch", "warning", "alarm")


@dataclass(frozen=True)
class Field:
    """A value that people change.

    `place`: in the file.
    `label`, `hint`: words for it.
    `kind`: of its control; of `several` any number of `choices` are picked.
    `shown`: its value as text, or those that are picked; empty where the file has none.
    `default`: the value that counts then.
    """

    place: Place
    label: str
    kind: Literal["text", "number", "choice", "several"]
    shown: str | tuple[str, ...] = ""
    default: str = ""
    hint: str = ""
    choices: Sequence[str] = field(default=())

    @property
    def name(self) -> str:
        """The name of its control."""
        return ".".join(map(str, self.place))

    def typed(self, form: Mapping[str, Sequence[str]]) -> str | tuple[str, ...]:
        """Return what a form holds, that is what is shown where it has no such field."""
        if self.name not in form:
            return self.shown
        texts = tuple(text.strip() for text in form[self.name] if text.strip())
        return texts if self.kind == "several" else (texts[-1] if texts else "")

    def value(self, typed: str | tuple[str, ...]) -> Any:
        """Return the value in the file of what was typed; None for nothing."""
        if isinstance(typed, tuple):
            return [one for one in self.choices if one in typed]
        is_number = self.kind == "number" or (self.kind == "choice" and typed.isdecimal())
        return (number_of(self.label, typed) if is_number else typed) if typed else None


def plant_fields(settings: PlantSettings) -> dict[str, list[Field]]:
    """Return the fields of the plant itself, by the words above them."""
    site, keep, quiet = settings.plant, settings.keep, settings.quiet
    begin, end = ("", "") if quiet is None else (f"{quiet.begin:%H:%M}", f"{quiet.end:%H:%M}")
    days, passes = (DAYS, ("alarm",)) if quiet is None else (tuple(quiet.days), tuple(quiet.passes))
    budget = _text(site.alarms_per_week)
    return {
        "Plant": [
            Field(("plant", "name"), "Name", "text", site.name),
            Field(("plant", "zone"), "Time zone", "text", site.zone, hint="such as Europe/Berlin"),
            Field(("plant", "alarms_per_week"), "False alarms a week, of all machines", "number", budget, "no budget"),
        ],
        "Quiet hours": [
            Field(("quiet", "from"), "From", "text", begin, "never", "such as 22:00; empty for no quiet hours"),
            Field(("quiet", "to"), "To", "text", end, "never", "such as 06:00"),
            Field(("quiet", "days"), "Nights that begin on", "several", days, choices=DAYS),
            Field(("quiet", "passes"), "Levels that are sent all the same", "several", passes, choices=_LEVELS),
        ],
        "Kept": [
            Field(("keep", "scores_days"), "Days of scores", "number", _text(keep.scores_days)),
            Field(("keep", "clips_days"), "Days of clips", "number", _text(keep.clips_days)),
            Field(("keep", "clips_mb"), "MB of clips", "number", _text(keep.clips_mb)),
        ],
    }


def machine_fields(machine: MachineSettings, number: int, written: Mapping[str, Any]) -> list[Field]:
    """Return the fields of a machine beside its source.

    `machine`: its settings.
    `number`: its place among the machines, from 0.
    `written`: its table in the file, which the budget of the plant has not changed.
    """
    at: Place = ("machine", number)
    sensitivity = _text(written.get("sensitivity"))
    learning = f"{machine.learn_hours:g}"
    return [
        Field((*at, "kind"), "Kind", "text", machine.kind or "", "none", "such as pump"),
        Field((*at, "area"), "Area", "text", machine.area or "", "none", "such as hall 2"),
        Field((*at, "hop_s"), "Hop in seconds", "number", _text(machine.hop_s), "that of its model"),
        Field((*at, "shadow_days"), "Shadow in days", "number", f"{machine.shadow_days:g}"),
        Field((*at, "learn_hours"), "Learning in hours", "number", learning),
        Field(
            (*at, "sensitivity"),
            "Events that the shadow may hold",
            "choice",
            sensitivity,
            "by the budget, else 1",
            choices=tuple(map(str, ALLOWED)),
        ),
    ]


def source_shown(machine: MachineSettings, prefix: str) -> dict[str, str]:
    """Return the source of a machine as the fields of a form, of whose address user and password are hidden."""
    source = machine.source
    if source.kind not in KINDS:
        return {f"{prefix}kind": source.kind}
    name = KINDS[source.kind][0]
    value = masked(source.url) if isinstance(source, FfmpegSource) else str(getattr(source, name))
    return {
        f"{prefix}kind": source.kind,
        f"{prefix}{name}": value,
        f"{prefix}channels": str(getattr(source, "channels", 1)),
    }


def edits_from_form(
    settings: PlantSettings, document: Mapping[str, Any], form: Mapping[str, Sequence[str]]
) -> dict[Place, Any]:
    """Return what a form changes in the file of a plant.

    Parameters
    ----------
    settings : PlantSettings
        The plant that the form shows.
    document : mapping
        Its file.
    form : mapping of str to sequence of str
        All values of each field.

    Returns
    -------
    dict
        As of `offkey.watch.edit.toml_edit.edited`.

    Raises
    ------
    UsageError
        If something that was typed is no value of its kind.
    """
    fields = [one for group in plant_fields(settings).values() for one in group]
    edits, removed = dict[Place, Any](), list[int]()
    for number, machine in enumerate(settings.machine):
        if f"machine.{number}.{REMOVE}" in form:
            removed.append(number)
            continue
        fields += machine_fields(machine, number, document["machine"][number])
        edits |= _source_edits(machine, number, form)
    changed = {one: typed for one in fields if (typed := one.typed(form)) != one.shown}
    edits |= {one.place: one.value(typed) for one, typed in changed.items()}
    if edits.get(("quiet", "from"), "") is None and edits.get(("quiet", "to"), "") is None:
        edits = {place: value for place, value in edits.items() if place[0] != "quiet"} | {("quiet",): None}
    return edits | {("machine", number): None for number in reversed(removed)}


def _source_edits(machine: MachineSettings, number: int, form: Mapping[str, Sequence[str]]) -> dict[Place, Any]:
    """Return what is changed of a source: all of it where it is of another kind."""
    prefix, at = f"machine.{number}.source.", ("machine", number, "source")
    typed = {name: texts[-1].strip() for name, texts in form.items() if name.startswith(prefix) and texts}
    shown = source_shown(machine, prefix)
    changed = {name.removeprefix(prefix) for name, value in shown.items() if typed.get(name, value) != value}
    if "kind" in changed:
        return {at: source_from_form(typed, prefix)}
    kind, edits = machine.source.kind, dict[Place, Any]()
    for key in changed - {"channels"}:
        edits[(*at, key)] = source_value(kind, typed[f"{prefix}{key}"])
    if "channels" in changed and kind in WITH_CHANNELS:
        edits[(*at, "channels")] = channel_count(typed[f"{prefix}channels"])
    return edits


def _text(number: float | None) -> str:
    return "" if number is None else f"{number:g}"
