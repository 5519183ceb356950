"""Attribute tables ``attributes_00.csv``, read, and rebuilt from file names where missing or broken.

Since 2022 each section has one beside ``train/``: header ``file_name,d1p,d1v,d2p,d2v,...``, one row per clip
with parameters and their values, such as ``bearing/test/section_00_..._vel_6.wav,vel,6``. Some published
ones leave out the folder or the ending, or list only what differs within the section. The names hold the
whole: ``car_A1_spd_28V`` in pairs, or glued as in ``spd1900_BckgE`` (2024).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from offkey.datasets.layout import MachineFolder, clips_in, machine_folders
from offkey.datasets.names import parse_name
from offkey.errors import DataError
from offkey.files import atomic_text
from offkey.tables import csv_writer, read_lines

__all__ = ["AttributeTable", "attribute_pairs", "read_attributes", "rebuild_attributes", "write_attributes"]

Pairs = tuple[tuple[str, str], ...]

_GLUED = re.compile(r"([A-Za-z-]*[a-z-])(\d+(?:\.\d+)?|[A-Z]\d*)", re.ASCII)


@dataclass(frozen=True)
class AttributeTable:
    """The table of one section, made from the names of its clips.

    `rows`: file names as published (``fan/train/section_00_...wav``), and parameter and value of each.
    `state`: what is there: ``"missing"``, ``"broken"`` (unreadable, or other clips than there are), ``"different"``
        (other parameters or values) or ``"same"``.
    """

    path: Path
    rows: tuple[tuple[str, Pairs], ...]
    state: str
    differences: tuple[str, ...]  # each difference between the table that is there and this one


def attribute_pairs(attributes: str | None) -> Pairs:
    """Split the end of a file name into parameters and values.

    `attributes`: as `offkey.datasets.names.parse_name` gives it.
    Returns: a word alone has an empty value; nothing for None and ``"noAttribute"``.

    Examples
    --------
    >>> attribute_pairs("car_A1_spd_28V")
    (('car', 'A1'), ('spd', '28V'))
    >>> attribute_pairs("spd1900_BckgE")
    (('spd', '1900'), ('Bckg', 'E'))
    """
    if attributes is None or attributes.lower() == "noattribute":
        return ()
    words = [word for word in attributes.split("_") if word]
    pairs = []
    while words:
        word = words.pop(0)
        if match := _GLUED.fullmatch(word):
            pairs.append((match[1], match[2]))
        else:
            pairs.append((word, words.pop(0) if words else ""))
    return tuple(pairs)


def read_attributes(path: str | PathLike[str]) -> dict[str, Pairs]:
    """Read an attribute table.

    Returns: by file name without folder and ending, because published tables differ in them.
    """
    result: dict[str, Pairs] = {}
    lines = read_lines(path, "attribute table", official=True)
    if not lines or lines[0][1][:1] != ["file_name"]:
        found = ",".join(lines[0][1]) if lines else "nothing"
        raise DataError(f"The attribute table {path} must begin with file_name,d1p,d1v; found {found!r}.")
    for line, row in lines[1:]:
        stem = _stem(row[0])
        if stem in result or len(row) % 2 == 0:
            fault = "is listed twice" if stem in result else "has a parameter without a value"
            raise DataError(f"The attribute table {path}, line {line}: {row[0]} {fault}.")
        result[stem] = tuple((name, value) for name, value in zip(row[1::2], row[2::2], strict=True) if name)
    return result


def rebuild_attributes(root: str | PathLike[str], *, machines: Sequence[str] | None = None) -> list[AttributeTable]:
    """Make the attribute tables of all machines and sections from file names, and compare; nothing is written.

    Returns: one per section. Evaluation clips whose names tell nothing are left out, as in the published tables.
    """
    tables = []
    for folder in machine_folders(Path(root), machines):
        if any(split.name.lower() in ("source_test", "target_test") for split in folder.splits()):
            raise DataError(
                f"{folder.path} is of the form of DCASE 2021, which has no attribute tables: "
                "its names do not end in pairs of parameter and value."
            )
        rows = _rows_by_section(folder)
        tables += [_table(folder.path / f"attributes_{section}.csv", rows[section]) for section in sorted(rows)]
    if not tables:
        raise DataError(f"No clip under {root} is named as in DCASE 2022 and later, such as section_00_..._vel_6.wav.")
    return tables


def write_attributes(table: AttributeTable) -> None:
    """Write an attribute table where it belongs, whole or not at all."""
    width = max(len(pairs) for _, pairs in table.rows)
    header = ["file_name", *(f"d{k}{kind}" for k in range(1, width + 1) for kind in "pv")]
    with atomic_text(table.path) as file:
        writer = csv_writer(file)
        writer.writerow(header)
        for name, pairs in table.rows:
            cells = [cell for pair in pairs for cell in pair]
            writer.writerow([name, *cells, *[""] * (len(header) - 1 - len(cells))])


def _rows_by_section(folder: MachineFolder) -> dict[str, list[tuple[str, Pairs]]]:
    rows: dict[str, list[tuple[str, Pairs]]] = {}
    for split in sorted(folder.splits(), key=lambda path: path.name.lower() != "train"):
        for clip in clips_in(split):
            named = parse_name(clip.name)
            if named.section is None or named.label is None or not clip.name.lower().startswith("section_"):
                continue
            row = (f"{folder.machine}/{split.name}/{clip.name}", attribute_pairs(named.attributes))
            rows.setdefault(named.section, []).append(row)
    return rows


def _table(path: Path, rows: list[tuple[str, Pairs]]) -> AttributeTable:
    whole = tuple(rows)
    if not path.exists():
        return AttributeTable(path, whole, "missing", ())
    try:
        there = read_attributes(path)
    except DataError as error:
        return AttributeTable(path, whole, "broken", (str(error),))
    named = {_stem(name): pairs for name, pairs in rows}
    unlisted = [f"{stem} is not listed." for stem in named if stem not in there]
    unknown = [f"{stem} is listed, but there is no such clip." for stem in there if stem not in named]
    other = [
        f"{stem}: {_text(there[stem])} in the table, {_text(pairs)} by its name."
        for stem, pairs in named.items()
        if stem in there and there[stem] != pairs
    ]
    state = "broken" if unlisted or unknown else "different" if other else "same"
    return AttributeTable(path, whole, state, (*unlisted, *unknown, *other))


def _stem(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".wav")


def _text(pairs: Pairs) -> str:
    return " ".join(f"{name}={value}" for name, value in pairs) or "nothing"
