"""What the organisers publish of their sets: counts of clips per cell, and the form of the recordings.

The counts stand in ``counts.csv`` beside this file, a row for a cell of one or more machines and
sections, each with its source. ``confirmed`` is ``no`` where the figure rests on a third party's
inventory or on a total that was split up; then a difference is worth a remark, but proves nothing.
What is not listed is not known.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

__all__ = ["FORMATS", "Cell", "Format", "machines_of", "part_of", "published_cells"]


@dataclass(frozen=True)
class Cell:
    """A published count.

    Parameters
    ----------
    part : str
        ``"dev"`` or ``"eval"``; the training clips of ``"eval"`` are the additional training set.
    machine, section : str
        Machine type, and section or machine id.
    split, domain, label : str or None
        None where the count covers all values.
    n : int
        Number of clips.
    confirmed : bool
        Whether a difference is a fault of the set that is looked over.
    source : str
        Where the figure comes from.
    """

    part: str
    machine: str
    section: str
    split: str | None
    domain: str | None
    label: str | None
    n: int
    confirmed: bool
    source: str


@dataclass(frozen=True)
class Format:
    """The form of a set's recordings.

    Parameters
    ----------
    rate : int
        Sampling rate in Hz.
    channels : int
        Number of channels of each file.
    longest_s : float
        No recording is longer, in seconds, with a little to spare.
    """

    rate: int
    channels: int
    longest_s: float


FORMATS = {
    "dcase2020": Format(16_000, 1, 11.5),  # 10 s, ToyCar 11 s
    "dcase2021": Format(16_000, 1, 11.5),
    "dcase2022": Format(16_000, 1, 11.5),
    "dcase2023": Format(16_000, 1, 18.5),  # 6 to 18 s
    "dcase2024": Format(16_000, 1, 12.5),
    "dcase2025": Format(16_000, 1, 12.5),
    "dcase2026": Format(16_000, 2, 16.5),  # 6, 10 or 16 s
    "mimii": Format(16_000, 8, 10.5),
}
"""The form of each set, from the organisers' data descriptions."""


@cache
def published_cells(dataset: str) -> tuple[Cell, ...]:
    """Return the published counts of a data set, empty if none is known."""
    with Path(__file__).with_name("counts.csv").open(newline="", encoding="utf-8") as file:
        return tuple(cell for row in csv.DictReader(file) if row["dataset"] == dataset for cell in _cells(row))


def _cells(row: dict[str, str]) -> Iterator[Cell]:
    """Yield a cell for each machine and section of a row."""
    for machine, section in product(row["machines"].split(), row["sections"].split()):
        yield Cell(
            part=row["part"],
            machine=machine,
            section=section,
            split=row["split"] or None,
            domain=row["domain"] or None,
            label=row["label"] or None,
            n=int(row["n"]),
            confirmed=row["confirmed"] == "yes",
            source=row["source"],
        )


@cache
def _parts(dataset: str) -> dict[tuple[str, str], str]:
    return {(cell.machine, cell.section): cell.part for cell in published_cells(dataset)}


def part_of(dataset: str, machine: str | None, section: str | None) -> str | None:
    """Tell whether a machine and section belong to the ``"dev"`` or the ``"eval"`` set; None if unknown.

    A section that is not known belongs where all sections of its machine do.
    """
    parts = _parts(dataset)
    if (machine or "", section or "") in parts:
        return parts[machine or "", section or ""]
    of_machine = {part for (name, _), part in parts.items() if name == machine}
    return of_machine.pop() if len(of_machine) == 1 else None


def machines_of(dataset: str, part: str | None = None) -> list[str]:
    """Return the machines of a data set, of one part or of all, each once."""
    return list(dict.fromkeys(cell.machine for cell in published_cells(dataset) if part is None or cell.part == part))
