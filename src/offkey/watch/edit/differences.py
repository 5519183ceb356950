"""Changed settings in words: which, from what to what, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Any

from offkey.watch.section import Section
from offkey.watch.settings import MachineSettings, PlantSettings

__all__ = ["differences"]

_IN_WORDS = {  # name and unit of a number of a machine
    "hop_s": ("hop", " s"),
    "shadow_days": ("shadow", " days"),
    "learn_hours": ("learning", " hours"),
    "alarms_per_week": ("false events that it may have", " a week"),
    "off_below_db": ("off below", " dB"),
}
_FOLLOWS = {  # of what, and which fields of a machine bring it about
    "its shadow begins anew": {"model", "hop_s"},
    "it is connected anew": {"source"},
    "its rule is chosen anew": {"sensitivity", "alarms_per_week", "off_below_db", "find_states"},
}
_LATER = {  # when what does not count at once does
    **dict.fromkeys(("plant.name", "plant.zone"), ", in messages from the next start"),
    **dict.fromkeys(("clips.before_s", "clips.after_s", "clips.longest_s"), ", from the next start"),
}
_HIDDEN = ("notify", "database")  # their values may hold a secret


def differences(before: PlantSettings, after: PlantSettings) -> list[str]:
    """Say what differs between two settings of a plant.

    Parameters
    ----------
    before, after : PlantSettings
        The settings.

    Returns
    -------
    list of str
        Clauses such as "pump 7: hop 1 s instead of 2 s; its shadow begins anew", machines first; empty where nothing
        differs. Addresses and secrets stand in none.
    """
    found = list(_machines(before, after))
    for key in type(after).model_fields:
        old, new = getattr(before, key), getattr(after, key)
        if key == "machine" or old == new:
            continue
        if key in _HIDDEN:
            found.append(f"{key} is changed" + (", from the next start" if key == "database" else ""))
        elif old is None or new is None:
            found.append(f"quiet hours are {'added' if old is None else 'removed'}")  # all else is always there
        else:
            found += _section(key, old, new)
    return found


def _machines(before: PlantSettings, after: PlantSettings) -> Iterator[str]:
    old = {machine.name: machine for machine in before.machine}
    for name in old.keys() - {machine.name for machine in after.machine}:
        yield f"{name} is removed"
    for machine in after.machine:
        if machine.name not in old:
            yield f"{machine.name} is added"
        elif keys := _changed(old[machine.name], machine):
            yield _machine(old[machine.name], machine, keys)


def _machine(old: MachineSettings, new: MachineSettings, keys: list[str]) -> str:
    parts = []
    for key in keys:
        name, unit = _IN_WORDS.get(key, (key.replace("_", " "), ""))
        if key == "source":
            parts.append("another source" if old.source.kind != new.source.kind else "other settings of its source")
        else:
            parts.append(_instead(name, getattr(old, key), getattr(new, key), unit))
    follows = [words for words, fields in _FOLLOWS.items() if fields & set(keys)]
    return f"{new.name}: {', '.join(parts)}{''.join(f'; {words}' for words in follows)}"


def _section(name: str, old: Section, new: Section) -> Iterator[str]:
    for key in _changed(old, new):
        place = f"{name}.{type(new).model_fields[key].alias or key}"
        yield _instead(place, getattr(old, key), getattr(new, key), "") + _LATER.get(place, "")


def _changed(old: Section, new: Section) -> list[str]:
    return [key for key in type(new).model_fields if getattr(old, key) != getattr(new, key)]


def _instead(name: str, old: Any, new: Any, unit: str) -> str:
    return f"{name} {_text(new, unit)} instead of {_text(old, unit)}"


def _text(value: Any, unit: str) -> str:
    """Return a value as people write it."""
    if value is None:
        return "by default" if unit else "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}{unit}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, list):
        return " ".join(_text(one, "") for one in value) or "none"
    return f"{value}{unit}"
