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

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "Cell",
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
class Cell:
    """The clips that one model is fitted and tested on: a machine id at one signal-to-noise ratio.

    Parameters
    ----------
    machine, section : str or None
        Machine type and id.
    snr_db : float or None
        Signal-to-noise ratio in dB, where the set has several.
    train : tuple of str
        Files of normal training clips.
    domains : tuple of str or None
        The domain of each; None unless all are known and there are several.
    test : tuple of str
        Files of test clips.
    labels : tuple of int
        Of each, 0 for normal and 1 for anomaly; both occur.
    strata : tuple of str
        The domain of each, empty where unknown.
    channel : int
        The channel that is heard.
    """

    machine: str | None
    section: str | None
    snr_db: float | None
    train: tuple[str, ...]
    domains: tuple[str, ...] | None
    test: tuple[str, ...]
    labels: tuple[int, ...]
    strata: tuple[str, ...]
    channel: int = 0

    @property
    def id(self) -> Id:
        """Machine and section."""
        return self.machine, self.section

    @property
    def name(self) -> str:
        """Its name for people: ``"slider 00"``, ``"fan 02 at -6 dB"``."""
        words = " ".join(part for part in self.id if part) or "all clips"
        return words if self.snr_db is None else f"{words} at {self.snr_db:g} dB"


@dataclass(frozen=True)
class Division:
    """The two parts.

    Parameters
    ----------
    tuning, reporting : list of Cell
        What is chosen on, and what is reported on.
    notes : list of str
        What people must know about the division.
    """

    tuning: list[Cell]
    reporting: list[Cell]
    notes: list[str]


def divide(table: pl.DataFrame, *, report_share: float = 0.5, seed: int = 0) -> Division:
    """Divide the labelled development clips of a set.

    Parameters
    ----------
    table : polars.DataFrame
        The set, as `offkey.datasets.readers.read_dataset` gives it. Clips of the evaluation part are left out.
    report_share : float, default 0.5
        Share of the ids, or of the one id's test clips, to report on; between 0 and 1.
    seed : int, default 0
        Seed of the draw.

    Returns
    -------
    Division

    Raises
    ------
    DataError
        If no id has training clips and test clips of both labels, or one id alone has too few clips.
    ParameterError
        If the share is not between 0 and 1.
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
    """Choose on the clips of the split validation, and report on those of the split test.

    Parameters
    ----------
    rows : sequence of dict
        Rows of the table of clips.
    notes : sequence of str
        What is to be said first.

    Returns
    -------
    Division

    Raises
    ------
    DataError
        If no id has normal training clips and clips of both labels in each of the two splits.
    """
    parts, told = [], list(notes)
    for split in ("validation", "test"):
        own = [row for row in rows if row["split"] in ("train", split)]
        cells, lacking = cells_of({**row, "split": "test"} if row["split"] == split else row for row in own)
        if not cells:
            reason = " ".join(lacking) or "there are no such clips."
            raise DataError(f"Tuning needs normal and anomalous clips of the split '{split}'; {reason}")
        told += [f"Of the split '{split}', {note}" for note in lacking]
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
        for stratum in sorted(set(zip(cell.labels, cell.strata, strict=True))):
            inside = [k for k, key in enumerate(zip(cell.labels, cell.strata, strict=True)) if key == stratum]
            # a clip that is alone in its stratum is chosen on
            n_report = min(max(1, round(report_share * len(inside))), len(inside) - 1)
            reported |= set(rng.permutation(inside).tolist()[:n_report])
        tuning.append(_only(cell, [k for k in range(len(cell.test)) if k not in reported]))
        reporting.append(_only(cell, sorted(reported)))
    for cell in (*tuning, *reporting):
        if len(set(cell.labels)) < 2:
            raise DataError(
                f"{cell.name} has too few test clips to divide: expected two normal and two anomalous ones."
            )
    note = (
        f"There is one id only ({cells[0].name}), so its test clips are divided: tuning and report share the machine "
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
                ("normal test clips", 0 in cell.labels),
                ("anomalous test clips", 1 in cell.labels),
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
    domains = tuple(row["domain"] for row in train)
    channels = {row["channel"] or 0 for row in train}
    machine, section, snr_db = key
    return Cell(
        machine,
        section,
        snr_db,
        train=tuple(row["file"] for row in train),
        domains=domains if len(set(domains)) > 1 and None not in domains else None,
        test=tuple(row["file"] for row in test),
        labels=tuple(int(row["label"] == "anomaly") for row in test),
        strata=tuple(row["domain"] or "" for row in test),
        channel=channels.pop() if len(channels) == 1 else 0,
    )


def _only(cell: Cell, places: Sequence[int]) -> Cell:
    """Return a cell with some of its test clips."""
    test, labels, strata = (tuple(values[k] for k in places) for values in (cell.test, cell.labels, cell.strata))
    return replace(cell, test=test, labels=labels, strata=strata)  # type: ignore[arg-type]


def _shared(division: Division) -> list[str]:
    """Warn of clips that stand in both parts, as proxies out of a table do."""
    tuning, reporting = (
        {file for cell in part for file in cell.test} for part in (division.tuning, division.reporting)
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
