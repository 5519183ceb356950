"""Results as a CSV file, in offkey's own form and in those that others ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from offkey.errors import UsageError
from offkey.model.result import Result, Scored, of_recordings
from offkey.tables import csv_writer

__all__ = ["COLUMNS", "check_names", "normal_confidence", "write_scores"]

COLUMNS = ("file", "score", "p_value", "anomalous", "error", "start_s", "end_s")
"""Columns of offkey's own form; a program may rely on the first five and their order."""


def write_scores(
    results: Iterable[Result],
    file: TextIO,
    style: str = "offkey",
    *,
    further: Sequence[str] = (),
    digits: int | None = None,
) -> None:
    """Write results as CSV.

    `results`: in the order in which they are to stand; windows of one recording one after the other.
    `style`: {"offkey", "confidence", "dcase"}; ``offkey``: header and all `COLUMNS`, one row per result. The others
        have one row per recording, with its highest score, and leave out those with an error: ``confidence`` has
        the header ``file_id,score``, names without folder and ending, and higher scores for more normal clips;
        ``dcase`` has no header, and names without folder.
    `further`: attributes of the results that become columns behind `COLUMNS`, in the style ``offkey``.
    `digits`: significant digits of scores and p-values, in the style ``offkey``; by default all that they have.
    """
    table = csv_writer(file)
    if style == "offkey":
        table.writerow((*COLUMNS, *further))
        table.writerows((*_row(result, digits), *(getattr(result, name) for name in further)) for result in results)
    elif style == "confidence":
        table.writerow(("file_id", "score"))
        table.writerows((Path(name).stem, normal_confidence(score)) for name, score in _scores(results))
    else:
        table.writerows((Path(name).name, score) for name, score in _scores(results))


def normal_confidence(score: float) -> float:
    """Turn an anomaly score round: the result is higher for more normal clips, and keeps all ranks."""
    return -score


def check_names(files: Sequence[str], style: str) -> None:
    """Check that a style that drops folders keeps the clips apart."""
    if style == "offkey":
        return
    seen: dict[str, str] = {}
    for file in files:
        name = Path(file).stem if style == "confidence" else Path(file).name
        if name in seen:
            raise UsageError(
                f"The style '{style}' names clips without their folder, and {seen[name]} and {file} would both be "
                f"'{name}': score them apart, or use --style offkey."
            )
        seen[name] = file


def _row(result: Result, digits: int | None) -> tuple[object, ...]:
    score, p_value = (
        value if digits is None or value is None else f"{value:.{digits}g}" for value in (result.score, result.p_value)
    )
    anomalous = None if result.anomalous is None else int(result.anomalous)
    return result.file, score, p_value, anomalous, result.error, result.start_s, result.end_s


def _scores(results: Iterable[Result]) -> Iterator[tuple[str, float]]:
    """Yield each recording that has a score, with it."""
    return ((one.file, one.score) for one in of_recordings(results) if isinstance(one, Scored))
