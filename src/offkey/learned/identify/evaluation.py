"""Evaluation of a table of types against the true types of folders, names or a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from offkey.datasets.names import parse_name
from offkey.errors import DataError
from offkey.learned.identify.identifier import UNKNOWN, Identification
from offkey.learned.identify.measures import TypeFigures, measure_types
from offkey.learned.identify.score_table import FIXED_COLUMNS
from offkey.tables import number, read_text_table

__all__ = ["TypeReport", "evaluate_types", "read_true_types", "read_types"]


@dataclass(frozen=True)
class TypeReport:
    """Figures of identified clips."""

    figures: TypeFigures  # UNKNOWN is right for a clip of a type that was not learnt, else wrong
    likeliest: TypeFigures | None  # over clips of known types; None without such clips
    called_unknown: dict[str, float | None]  # share of_known and of_foreign types, None without such clips
    n_clips: int
    n_errors: int  # rows left out because of an error

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        likeliest = None if self.likeliest is None else self.likeliest.to_json()
        return {
            **self.figures.to_json(),
            "likeliest": likeliest,
            "called_unknown": self.called_unknown,
            "n_clips": self.n_clips,
            "n_errors": self.n_errors,
        }


def evaluate_types(identifications: Sequence[Identification], truth: Mapping[str, str]) -> TypeReport:
    """Compare the types of clips with the truth, a mapping from file to type."""
    scored = [clip for clip in identifications if clip.error is None and clip.probabilities is not None]
    if not scored:
        raise DataError(f"No clip has a machine type to measure: all {len(identifications)} rows have an error.")
    known = list(scored[0].probabilities or ())
    true = [_true_type(clip.file, truth, known) for clip in scored]
    targets = [name if name in known else UNKNOWN for name in true]
    figures = measure_types(targets, [str(clip.machine_type) for clip in scored])
    of_known = [(name, clip) for name, clip in zip(true, scored, strict=True) if name in known]
    foreign = [clip for name, clip in zip(true, scored, strict=True) if name not in known]
    likeliest = None
    if of_known:
        likeliest = measure_types([name for name, _ in of_known], [_likeliest(clip) for _, clip in of_known])
    unknown = {"of_known": _unknown_share([clip for _, clip in of_known]), "of_foreign": _unknown_share(foreign)}
    return TypeReport(figures, likeliest, unknown, len(scored), len(identifications) - len(scored))


def read_types(path: Path) -> list[Identification]:
    """Read a table that ``offkey identify score`` wrote."""
    header, rows = _table(path, "table of types", ("file", "machine_type", "probability"))
    types = [name for name in header if name not in FIXED_COLUMNS]
    if len(types) < 2:
        raise DataError(f"The table of types {path} has no column of probabilities for each of two or more types.")
    identifications = []
    for line, cells in rows:
        if cells.get("error"):
            identifications.append(Identification(cells["file"], error=cells["error"]))
            continue
        shares = {name: number(cells.get(name, "")) for name in types}
        missing = [name for name, share in shares.items() if share is None or not 0 <= share <= 1]
        if missing or not cells["machine_type"]:
            wrong = missing[0] if missing else "machine_type"
            raise DataError(f"The table of types {path}, line {line}: found {cells.get(wrong, '')!r} as {wrong!r}.")
        probabilities = {name: float(share or 0) for name, share in shares.items()}
        probability = max(probabilities.values())
        identifications.append(Identification(cells["file"], cells["machine_type"], probability, probabilities))
    return identifications


def read_true_types(path: Path) -> dict[str, str]:
    """Read a CSV file with the columns ``file,machine_type``; a DataError says what is wrong with it."""
    _, rows = _table(path, "labels file", ("file", "machine_type"))
    for line, cells in rows:
        if not cells["machine_type"]:
            raise DataError(f"The labels file {path}, line {line}: the machine type of {cells['file']} is empty.")
    return {cells["file"]: cells["machine_type"] for _, cells in rows}


def _table(path: Path, what: str, needed: tuple[str, ...]) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    table = read_text_table(path, what, (*needed, *FIXED_COLUMNS))
    missing = [name for name in needed if name not in table.columns]
    if missing:
        columns = ", ".join(table.columns) or "nothing"
        raise DataError(f"The {what} {path} must have the columns {', '.join(needed)}; found {columns}.")
    if not len(table):
        raise DataError(f"The {what} {path} has no rows below its header.")
    return table.columns, list(table.rows(needed))


def _true_type(file: str, truth: Mapping[str, str], known: Sequence[str]) -> str:
    """Return a clip's type: by the labels, else by the nearest folder of a known type, else by its official name."""
    if truth:
        if file not in truth:
            raise DataError(
                f"No folder, name or table gives the machine type of {file}: the labels hold no row of that file."
            )
        return truth[file]
    by_word = {name.lower(): name for name in known}
    for folder in reversed(PurePath(file).parts[:-1]):
        if folder.lower() in by_word:
            return by_word[folder.lower()]
    machine = parse_name(file).machine
    if machine is None:
        raise DataError(
            f"No folder, name or table gives the machine type of {file}: expected a folder named by it, such as "
            f"{known[0]}/, or --labels with the columns file,machine_type."
        )
    return machine


def _likeliest(identification: Identification) -> str:
    shares = identification.probabilities or {}
    return max(shares, key=lambda name: shares[name])


def _unknown_share(identifications: Sequence[Identification]) -> float | None:
    return (
        sum(clip.machine_type == UNKNOWN for clip in identifications) / len(identifications)
        if identifications
        else None
    )
