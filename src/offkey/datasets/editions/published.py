"""Published facts of a data set: its machines, the form and the counts of its clips, and its archives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any, Final

from offkey.datasets.editions.formula import DOMAINS
from offkey.datasets.editions.table import Table

__all__ = ["PARTS", "Archive", "Cell", "PublishedSet", "Recordings", "take_published"]

PARTS: Final = ("dev", "eval")
"""The development and the evaluation set."""

_LABELS = ("normal", "anomaly")
_COLUMNS = ("clips", *_LABELS, *(f"{domain}_{label}" for domain in DOMAINS for label in _LABELS))
_SPLITS = ("train", "test", "supplemental")


@dataclass(frozen=True)
class Recordings:
    """The form of a set's recordings."""

    rate: int
    channels: int
    longest_s: float  # no recording is longer, in seconds, with a little to spare


@dataclass(frozen=True)
class Cell:
    """A published count of clips.

    `split`, `domain`, `label`: None where the count covers all values.
    `confirmed`: False where the figure rests on a third party's inventory or on a total that was split up: then a
        difference is worth a remark, but proves nothing.
    """

    part: str  # ``"dev"`` or ``"eval"``; the training clips of ``"eval"`` are the additional training set
    machine: str
    section: str
    split: str | None
    domain: str | None
    label: str | None
    n: int
    confirmed: bool
    source: str  # where the figure comes from


@dataclass(frozen=True)
class Archive:
    """One published archive."""

    dataset: str
    part: str
    machine: str
    record: str
    name: str
    folder: str  # where it is unpacked, beneath the data set's folder
    confirmed: bool
    md5: str | None = None  # its MD5 sum where the edition's file tells it; Zenodo tells it in any case


@dataclass(frozen=True)
class PublishedSet:
    """The published facts of a data set: machines, form, counts and archives."""

    name: str  # name of the data set, such as ``"dcase2023"``
    machines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the machines of ``"dev"`` and of ``"eval"``
    recordings: Recordings | None = None  # the form of the recordings; None where it is not known
    cells: tuple[Cell, ...] = field(default=(), repr=False)
    archives: tuple[Archive, ...] = field(default=(), repr=False)

    def machines_of(self, part: str | None = None) -> list[str]:
        """Return the machines of one part or of all, each once."""
        parts = (names for name, names in self.machines.items() if part in (None, name))
        return list(dict.fromkeys(machine for names in parts for machine in names))

    def part_of(self, machine: str | None, section: str | None) -> str | None:
        """Tell whether a machine and section belong to the ``"dev"`` or the ``"eval"`` set; None if unknown.

        A section that is not known belongs where all sections of its machine do; one of both sets to neither.
        """
        of_machine = {part for part, machines in self.machines.items() if machine in machines}
        found = self._parts.get((machine or "", section or ""), of_machine)
        return next(iter(found)) if len(found) == 1 else None

    @cached_property
    def _parts(self) -> dict[tuple[str, str], set[str]]:
        found: dict[tuple[str, str], set[str]] = {}
        for cell in self.cells:
            found.setdefault((cell.machine, cell.section), set()).add(cell.part)
        return found


def take_published(top: Table, name: str, parts: tuple[str, ...] | None) -> dict[str, Any]:
    """Take the arguments of a `PublishedSet` from the top of a file; `parts` are those that archives may be of."""
    machines = _names_by_part(top.table("machines"))
    sections = _names_by_part(top.table("sections"))
    of_recordings = top.table("recordings")
    recordings = Recordings(
        of_recordings.whole("rate", 1000, 1_000_000),
        of_recordings.whole("channels", 1, 1024),
        of_recordings.number("longest_s", 0, 86_400),
    )
    of_recordings.end()
    return {
        "name": name,
        "machines": machines,
        "recordings": recordings,
        "cells": _all_cells(top, machines, sections),
        "archives": tuple(one for table in top.tables("archives") for one in _archives(table, name, machines, parts)),
    }


def _names_by_part(table: Table) -> dict[str, tuple[str, ...]]:
    names = {part: tuple(table.words(part, default=())) for part in PARTS}
    table.end()
    return {part: listed for part, listed in names.items() if listed}


def _all_cells(
    top: Table, machines: dict[str, tuple[str, ...]], sections: dict[str, tuple[str, ...]]
) -> tuple[Cell, ...]:
    cells: dict[tuple[str | None, ...], Cell] = {}
    for table in top.tables("counts"):
        for cell in _cells(table, machines, sections):
            key = (cell.part, cell.machine, cell.section, cell.split, cell.domain, cell.label)
            if key in cells:
                raise table.fault(f"clips are counted that are counted before: {' '.join(filter(None, key))}")
            cells[key] = cell
    return tuple(cells.values())


def _cells(table: Table, machines: dict[str, tuple[str, ...]], sections: dict[str, tuple[str, ...]]) -> Iterator[Cell]:
    """Yield a cell for each machine, section and column of one table of counts."""
    part = table.one_of("part", PARTS)
    split = table.one_of("split", _SPLITS) if "split" in table else None
    columns = table.words("columns", _COLUMNS)
    confirmed, source = table.flag("confirmed", True), table.text("source")
    clips = table.table("clips")
    table.end()
    for key, counts in clips.rows(len(columns), 0, 1_000_000).items():
        words = key.split()
        named = [word for word in words if not re.fullmatch(r"\d\d", word, re.ASCII)]
        unknown = set(named) - {"all"} - set(machines.get(part, ()))
        if unknown or not named:
            raise clips.fault(f"{key!r} must be 'all' or machines of {part}, and sections of two digits")
        of_row = machines.get(part, ()) if named == ["all"] else named
        numbers = [word for word in words if word not in named] or sections.get(part, ())
        if not numbers:
            raise clips.fault(f"{key!r} must name sections, of which [sections] has none for {part}")
        for machine, section, (column, n) in product(of_row, numbers, list(zip(columns, counts, strict=True))):
            domain, _, label = ("", "", "") if column == "clips" else column.rpartition("_")
            yield Cell(part, machine, section, split, domain or None, label or None, int(n), confirmed, source)


def _archives(
    table: Table, dataset: str, machines: dict[str, tuple[str, ...]], parts: tuple[str, ...] | None
) -> list[Archive]:
    part = table.one_of("part", parts) if parts else table.text("part", form=r"\w+", expected="a word")
    record = table.text("record", form=r"\d{1,12}", expected="the number of a Zenodo record, in quotes")
    name = table.text("name", form=r"[\w.-]*\{machine\}[\w.-]*\.zip", expected="a zip file's name with {machine}")
    folder = table.text("folder", form=r"[\w-]+(/[\w-]+)*", expected="a folder beneath the data set's")
    listed = table.words("machines", default=machines.get("eval" if part in ("additional", "eval") else "dev", ()))
    confirmed, sums = table.flag("confirmed", True), table.table("md5", {})
    table.end()
    md5 = {
        machine: sums.text(machine, form=r"[0-9a-f]{32}", expected="32 hexadecimal digits")
        for machine in listed
        if machine in sums
    }
    sums.end()
    return [
        Archive(dataset, part, machine, record, name.replace("{machine}", machine), folder, confirmed, md5.get(machine))
        for machine in listed
    ]
