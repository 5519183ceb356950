"""The clips that are there against the counts that are published.

A set is published in parts (development, additional training, evaluation) and in an archive a machine.
What was not downloaded at all is no fault and is told apart from what is incomplete.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from offkey.datasets.editions import published_set
from offkey.datasets.editions.published import Cell

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Comparison", "compare"]


@dataclass
class Comparison:
    """The result of a comparison with the published counts."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    absent: dict[str, list[str]] = field(default_factory=dict)


class _Group(NamedTuple):
    """A machine's section and split in one part of the set, at one SNR."""

    part: str
    machine: str
    section: str
    split: str | None
    snr_db: float | None


def compare(dataset: str, table: pl.DataFrame, machines: Sequence[str] | None = None) -> Comparison:
    """Compare a table of clips with the published counts.

    Returns: empty if no counts are published.

    Where labels or domains of clips are not known, as in an evaluation set without its ground
    truth, the published counts are summed over them.
    """
    result = Comparison()
    expected: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    wanted = None if machines is None else {machine.lower() for machine in machines}
    for cell in published_set(dataset).cells:
        if wanted is not None and cell.machine.lower() not in wanted:
            continue
        part = "additional" if cell.part == "eval" and cell.split != "test" else cell.part
        expected[part, cell.machine].append(cell)
    rows = list(table.iter_rows(named=True))
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["part"], row["machine"]].append(row)
    for (part, machine), cells in expected.items():
        if not found[part, machine]:
            result.absent.setdefault(part, []).append(machine)
            continue
        _compare_machine(part, machine, cells, found[part, machine], result)
    for part, machine in found.keys() - expected.keys():
        if expected and found[part, machine]:
            result.notes.append(f"{machine or 'A machine without a name'}: no counts are published for it.")
    return result


def _compare_machine(
    part: str, machine: str, cells: list[Cell], rows: list[dict[str, Any]], result: Comparison
) -> None:
    """Compare group by group; at each SNR that is there, the counts hold by themselves."""
    for snr in sorted({row["snr_db"] for row in rows}, key=lambda value: (value is None, value)):
        there = [row for row in rows if row["snr_db"] == snr]
        for section in dict.fromkeys(cell.section for cell in cells):
            clips = [row for row in there if row["section"] == section]
            of_section = [cell for cell in cells if cell.section == section]
            if clips:
                for split in dict.fromkeys(cell.split for cell in of_section):
                    group = _Group(part, machine, section, split, snr)
                    of_group = [cell for cell in of_section if cell.split == split]
                    _compare_group(group, of_group, [row for row in clips if split in (None, row["split"])], result)
            else:
                group = _Group(part, machine, section, None, snr)
                n = sum(cell.n for cell in of_section)
                result.problems.append(f"{_named(group, ())}: expected {n} clips, found none.")


def _compare_group(group: _Group, cells: list[Cell], clips: list[dict[str, Any]], result: Comparison) -> None:
    known = [
        name
        for name in ("domain", "label")
        if all(getattr(cell, name) for cell in cells) and all(clip[name] for clip in clips)
    ]
    published: Counter[tuple[str, ...]] = Counter()
    doubtful = set()
    for cell in cells:
        key = tuple(getattr(cell, name) for name in known)
        published[key] += cell.n
        if not cell.confirmed:
            doubtful.add(key)
    counted = Counter(tuple(clip[name] for name in known) for clip in clips)
    for key in sorted(published.keys() | counted.keys()):
        if counted[key] == published[key]:
            continue
        text = f"{_named(group, key)}: expected {published[key]} clips, found {counted[key] or 'none'}"
        if key in doubtful and counted[key]:
            source = next(cell.source for cell in cells if not cell.confirmed)
            result.notes.append(f"{text}; the expected number is not confirmed (from: {source}).")
        else:
            result.problems.append(f"{text}.")


def _named(group: _Group, key: tuple[str, ...]) -> str:
    snr = "" if group.snr_db is None else f" at {group.snr_db:g} dB"
    words = [word for word in (group.split, *key) if word]
    return f"{group.machine} {group.section}{snr} ({group.part}{''.join(f', {word}' for word in words)})"
