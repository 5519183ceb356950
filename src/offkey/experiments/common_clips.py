"""The clips that all systems of a comparison scored, in one order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from offkey.errors import DataError
from offkey.evaluation.sections import SectionScores
from offkey.experiments.cell import CellKey
from offkey.experiments.system import LabelledScore, System
from offkey.listing import listing

__all__ = ["common_sections"]


def common_sections(systems: Sequence[System], part: str) -> tuple[list[list[SectionScores]], list[str]]:
    """Return the sections of one part that can be compared.

    `part`: {"dev", "eval"}; the set.
    Returns `sections`: one row per section, one entry per system, with the same clips in the same order. Where there
        are several signal-to-noise ratios the section's name tells its own.
    """
    notes: list[str] = []
    keys = [key for key in systems[0].cells if key.part == part]
    for system in systems[1:]:
        theirs = {key.name for key in system.cells if key.part == part}
        _check_same(systems[0], system, {key.name for key in keys}, theirs, "sections")
    found = []
    for key in sorted(keys, key=lambda key: ["" if one is None else str(one) for one in key]):
        tables = [system.cells[key] for system in systems]
        for system, table in zip(systems[1:], tables[1:], strict=True):
            _check_same(systems[0], system, set(tables[0]), set(table), f"clips of {key.name}")
        row = _section(key, tables, notes)
        if row is not None:
            found.append(row)
    if not found:
        reason = notes[0] if notes else f"There are no clips of part {part!r}."
        raise DataError(f"The runs have nothing that can be compared: {reason}")
    return found, notes


def _section(
    key: CellKey, tables: Sequence[Mapping[str, LabelledScore]], notes: list[str]
) -> list[SectionScores] | None:
    labels = {name: _label(key, name, tables) for name in tables[0]}
    if None in labels.values():
        notes.append(f"{key.name} is left out: its labels are secret; give the benchmark --ground-truth.")
        return None
    names = [name for name in sorted(labels) if all(table[name].score is not None for table in tables)]
    if lost := len(labels) - len(names):
        notes.append(f"{lost} of {len(labels)} clips of {key.name} are left out: a system has no score for them.")
    known = np.array([labels[name] for name in names], dtype=np.int8)
    if not 0 < known.sum() < len(known):
        notes.append(f"{key.name} is left out: it has no scored clips of both labels.")
        return None
    domains = np.array([tables[0][name].domain for name in names], dtype=np.str_)
    section = (key.section or "") + ("" if key.snr_db is None else f" at {key.snr_db:g} dB")
    scores = (np.array([table[name].score for name in names]) for table in tables)
    return [SectionScores(key.machine or "", section, tuple(names), of_one, known, domains) for of_one in scores]


def _label(key: CellKey, name: str, tables: Sequence[Mapping[str, LabelledScore]]) -> int | None:
    told = {table[name].label for table in tables} - {None}
    if len(told) > 1:
        raise DataError(f"The runs cannot be compared: {name} of {key.name} is normal in one and anomalous in another.")
    return told.pop() if told else None


def _check_same(first: System, other: System, ours: set[str], theirs: set[str], what: str) -> None:
    """Check that two systems have the same clips, or the same sections."""
    for one, alone in ((first, ours - theirs), (other, theirs - ours)):
        if alone:
            raise DataError(
                f"The runs cannot be compared: {len(alone)} {what} are in {one.name} alone: {listing(sorted(alone))}."
            )
