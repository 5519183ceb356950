"""Lines of a TOML file at which keys stand, which its reader does not tell."""

from __future__ import annotations

import json
import re
from typing import TypeAlias

__all__ = ["Place", "line_of"]

Place: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys, and indices of tables in a list from 0, such as ``("machine", 1, "source", "rate")``."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


def line_of(text: str, place: Place) -> int:
    """Return the line, from 1, of a key, or of the nearest table around it that is written out.

    `text`: the content of a valid TOML file.
    """
    lines = _lines(text)
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _lines(text: str) -> dict[Place, int]:
    """Return the line of each table and key."""
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    fence = ""  # of a text over several lines, in which nothing is a key
    for number, line in enumerate(text.splitlines(), 1):
        if fence:
            fence = "" if fence in line else fence
            continue
        if header := _HEADER.match(line):
            table = _inside(_parts(header[2]), counts)
            if header[1] == "[[":
                found.setdefault(table, number)
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_parts(key[1])), number)
            fence = next((three for three in ('"""', "'''") if line.count(three) == 1), "")
    return found


def _inside(parts: list[str], counts: dict[Place, int]) -> Place:
    """Return a way with the index of the newest table wherever it leads through a list of them."""
    place: Place = ()
    for k, part in enumerate(parts):
        place = (*place, part)
        if place in counts and k < len(parts) - 1:
            place = (*place, counts[place])
    return place


def _parts(key: str) -> list[str]:
    return [_unquoted(part) for part in _PART.findall(key)]


def _unquoted(part: str) -> str:
    return json.loads(part) if part.startswith('"') else part.strip("'")
