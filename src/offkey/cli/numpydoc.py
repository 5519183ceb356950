"""Docstrings in the form of numpydoc, taken apart."""

from __future__ import annotations

import inspect
import re
from typing import NamedTuple

__all__ = ["Entry", "Sections", "read_docstring"]

_TITLE = re.compile(r"^(\w+)\n-{3,}\n", re.M)
_ENTRY = re.compile(r"^(\S.*)\n?((?:    .*\n?|\n)*)", re.M)


class Entry(NamedTuple):
    """An entry of a section such as ``Parameters``, with its text."""

    name: str
    kind: str
    meaning: str


class Sections(dict[str, str]):
    """The sections of a docstring by title, and the `description` before them."""

    description = ""

    @property
    def summary(self) -> str:
        """The first paragraph, on one line."""
        return " ".join(self.description.partition("\n\n")[0].split())

    def entries(self, title: str) -> list[Entry]:
        """Return the entries of a section, several names on one line as one entry each; none where it is not there."""
        entries = []
        for line, meaning in _ENTRY.findall(self.get(title, "")):
            names, _, kind = line.partition(" : ")
            parts = names.split(", ") if title != "Returns" else [names]
            entries += [Entry(name.strip(), kind.strip(), " ".join(meaning.split())) for name in parts]
        return entries


def read_docstring(doc: str | None) -> Sections:
    """Return the sections of a docstring; an example at the end of the description is the section ``Examples``."""
    description, *parts = _TITLE.split(inspect.cleandoc(doc or ""))
    sections = Sections((title, text.strip("\n")) for title, text in zip(parts[::2], parts[1::2], strict=True))
    prose, prompt, example = description.partition(">>>")
    sections.description = prose.strip()
    if prompt:
        sections["Examples"] = (prompt + example).strip()
    return sections
