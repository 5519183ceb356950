"""The labelled clips in two parts: one to choose on, one to report on, and never the other way round.

Where the table holds labelled clips of a split ``validation``, the choice is made on these, and the report is on
those of ``test``. Elsewhere whole machine ids (or sections) go to either part, at every signal-to-noise ratio, so
that what is reported tells how the choice does on machines that had no say in it. Where there is a single id, its
test clips are divided instead, label by label and domain by domain; both parts then share the machine and its
training clips, which makes the report kinder than new machines would be, and a note says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from offkey.errors import DataError, ParameterError
from offkey.experiments.cell import Cell, clips_of

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "Division",
    "Row",
    "cells_of",
    "check_share",
    "divide",
    "divide_by_split",
    "divide_clips",
    "divide_ids",
]

Row = dict[str, Any]
Id = tuple[str | None, str | None]


@dataclass(frozen=True)
class Division:
    """The two parts."""

    tuning: list[Cell]
    reporting: list[Cell]
    notes: list[str]  # what people must know about the division


def divide(table: pl.DataFrame, *, report_share: float = 0.5, seed: int = 0) -> Division:
    """Divide the labelled development clips of a set.

    `table`: the set, as `offkey.datasets.readers.read_dataset` gives it. Clips of the evaluation part are left out.
    `report_share`: share of the ids, or of the one id's test clips, to report on; between 0 and 1.
    """
    check_share(report_share)
    rows = list(table.iter_rows(named=True))
    if {"normal", "anomaly"} <= {row["label"] for row in rows if row["split"] == "validation"}:
        return divide_by_split(rows, ["The choice is made on the split 'validation', and reported on 'test'."])
    cells, notes = cells_of(rows)
    if not cells:
        raise DataError(
            "Tuning needs an id with normal training clips and labelled test clips, normal and anomalous; found "
            f"none{': ' + notes[0] if notes else '.'} Without labels, --proxies makes anomalies out of normal clips."
        )
    if len({cell.id for cell in cells}) > 1:
        division = divide_ids(cells, report_share, seed)
    else:
        division = divide_clips(cells, report_share, seed)
    return replace(division, notes=[*notes, *division.notes, *_shared(division)])


def divide_by_split(rows: Sequence[Row], notes: Sequence[str]) -> Division:
    """Choose on the clips of the split validation, and report on those of the split test."""
    parts, told = [], list(notes)
    for split in ("validation", "test"):
        own = [row for row in rows if row["split"] in ("train", split)]
        cells, lacking = cells_of({**row, "split": "test"} if row["split"] == split else row for row in own)
        if not cells:
            reason = " ".join(lacking) or "there are no such clips."
            raise DataError(f"Tuning needs normal and anomalous clips of the split '{split}'; {reason}")
        told += [f"In the split '{split}', {note}" for note in lacking]
        parts.append(cells)
    told.append(
        "Tuning and report share the machines and their training clips, which says less than a report on machines that "
        "had no say in the choice."
    )
    division = Division(parts[0], parts[1], told)
    return replace(division, notes=[*told, *_shared(division)])


def divide_ids(cells: Sequence[Cell], report_share: float, seed: int) -> Division:
    """Deal whole ids to the parts, each machine's as evenly as can be."""
    rng = np.random.default_rng(seed)
    by_machine: dict[str, set[Id]] = defaultdict(set)
    for cell in cells:
        by_machine[cell.machine or ""].add(cell.id)
    machines = [sorted(by_machine[name], key=str) for name in sorted(by_machine)]
    dealt = [ids[place] for ids in _shuffled(machines, rng) for place in rng.permutation(len(ids))]
    n_report = min(max(1, round(report_share * len(dealt))), len(dealt) - 1)
    # the k-th id goes to the report where the running share passes a whole number
    reported = {one for k, one in enumerate(dealt) if (k + 1) * n_report // len(dealt) > k * n_report // len(dealt)}
    return Division(
        [cell for cell in cells if cell.id not in reported], [cell for cell in cells if cell.id in reported], []
    )


def divide_clips(cells: Sequence[Cell], report_share: float, seed: int) -> Division:
    """Divide the test clips of one id, label by label and domain by domain."""
    tuning, reporting = [], []
    for number, cell in enumerate(cells):
        rng = np.random.default_rng([seed, number])
        reported: set[int] = set()
        strata = [(clip.label, clip.domain or "") for clip in cell.test]
        for stratum in sorted(set(strata)):
            inside = [k for k, other in enumerate(strata) if other == stratum]
            # a clip that is alone in its stratum is chosen on
            n_report = min(max(1, round(report_share * len(inside))), len(inside) - 1)
            reported |= set(rng.permutation(inside).tolist()[:n_report])
        tuning.append(_only(cell, [k for k in range(len(cell.test)) if k not in reported]))
        reporting.append(_only(cell, sorted(reported)))
    for cell in (*tuning, *reporting):
        if not _labels(cell) >= {0, 1}:
            raise DataError(
                f"{cell.name} has too few test clips to divide: expected two normal and two anomalous ones."
            )
    note = (
        f"There is one id only ({cells[0].title}), so its test clips are divided: tuning and report share the machine "
        "and its training clips, which says less than a report on an id that had no say in the choice."
    )
    return Division(tuning, reporting, [note])


def cells_of(rows: Iterable[Row]) -> tuple[list[Cell], list[str]]:
    """Gather rows of the table of clips to cells; the notes name ids that lack something."""
    grouped: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row["part"] in ("dev", None) and not row["supplement"]:
            grouped[row["machine"], row["section"], row["snr_db"]].append(row)
    cells, notes = [], []
    for key in sorted(grouped, key=lambda key: tuple(str(part) for part in key)):
        cell = _cell(key, grouped[key])
        lacks = [
            what
            for what, there in (
                ("normal training clips", cell.train),
                ("normal test clips", 0 in _labels(cell)),
                ("anomalous test clips", 1 in _labels(cell)),
            )
            if not there
        ]
        if lacks:
            notes.append(f"{cell.name} is left out: it has no {' and no '.join(lacks)}.")
        else:
            cells.append(cell)
    return cells, notes


def check_share(report_share: float) -> None:
    """Check that a share leaves something on both sides; a ParameterError if not."""
    if not 0 < report_share < 1:
        raise ParameterError(f"The share to report on must lie between 0 and 1. Got {report_share:g} instead.")


def _cell(key: tuple[Any, ...], rows: Sequence[Row]) -> Cell:
    train = [row for row in rows if row["split"] == "train" and row["label"] == "normal"]
    test = [row for row in rows if row["split"] == "test" and row["label"] is not None]
    channels = {row["channel"] or 0 for row in train}
    channel = channels.pop() if len(channels) == 1 else 0
    machine, section, snr_db = key
    return Cell("dev", machine, section, snr_db, clips_of(train), clips_of(test), channel=channel)


def _labels(cell: Cell) -> set[int | None]:
    return {clip.label for clip in cell.test}


def _only(cell: Cell, places: Sequence[int]) -> Cell:
    """Return a cell with some of its test clips."""
    return replace(cell, test=tuple(cell.test[k] for k in places))


def _shared(division: Division) -> list[str]:
    """Warn of clips that stand in both parts, as proxies out of a table do."""
    tuning, reporting = (
        {clip.name for cell in part for clip in cell.test} for part in (division.tuning, division.reporting)
    )
    shared = sorted(tuning & reporting)
    if not shared:
        return []
    return [
        f"{len(shared)} test clips stand in both parts, such as {shared[0]}, for other ids: the report is not "
        "independent of the choice."
    ]


def _shuffled(machines: list[list[Id]], rng: np.random.Generator) -> list[list[Id]]:
    return [machines[place] for place in rng.permutation(len(machines))]
