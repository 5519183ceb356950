"""Systems measured on the same clips and on the same resamples of them.

Every resample draws the same clips for all systems, section by section, domain by domain and label by
label, so that what is easy or hard about a clip cancels out of the differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from offkey.datasets.editions.edition import Edition
from offkey.errors import DataError
from offkey.evaluation.intervals import (
    Difference,
    Interval,
    bootstrap_intervals,
    percentile_interval,
    stratified_counts,
)
from offkey.evaluation.official import rank_sections, score_ranked
from offkey.evaluation.official_intervals import official_interval, resampled_scores
from offkey.evaluation.ranking import Floats, Ranking
from offkey.evaluation.sections import SectionScores
from offkey.experiments.common_clips import common_sections
from offkey.experiments.system import System

__all__ = ["FIGURES", "Paired", "PairedFigures", "measure_paired"]

FIGURES = ("auc", "pauc", "official_score")
"""The figures that are compared: means over sections of AUC and pAUC, and the official score."""

_FLAT = 1e-12  # width of an interval that all resamples agree on
_DETAILS = ("auc_source", "auc_target", "pauc_source", "pauc_target")

Grid: TypeAlias = Sequence[Sequence[SectionScores]]
"""One row per section, one entry per system."""


@dataclass(frozen=True)
class PairedFigures:
    """The figures of all systems on one machine, or on all.

    `tables`: by the names of `FIGURES`: shape (n_systems, 1 + n_resamples), as measured, then resampled; None where
        there is no official score.
    `details`: for each system ``auc_source`` and the like: means over sections as the edition takes them.
    """

    machine: str | None  # empty where the data set names none; None for all machines
    tables: dict[str, Floats | None]
    intervals: dict[str, list[Interval | None]]  # 95 % intervals, one per system
    details: list[dict[str, float | None]]

    def value(self, figure: str, system: int) -> float | None:
        """Return a figure of a system; None where there is none."""
        table = self.tables[figure]
        return None if table is None else float(table[system, 0])

    def difference(self, figure: str, system: int, reference: int) -> Difference | None:
        """Return a system's figure minus that of another, with the interval of the difference."""
        table = self.tables[figure]
        if table is None or system == reference:
            return None
        differences = table[system] - table[reference]
        return Difference(float(differences[0]), percentile_interval(differences[1:]))


@dataclass(frozen=True)
class Paired:
    """All figures of systems on one part of a data set."""

    machines: list[PairedFigures]
    groups: list[PairedFigures]  # by machine, or by section where there is only one machine
    total: PairedFigures
    n_clips: int
    notes: list[str]


def measure_paired(
    systems: Sequence[System], part: str, edition: Edition | None, *, n_resamples: int = 1000, seed: int = 0
) -> Paired:
    """Measure systems on the clips that all of them scored; a DataError if there are none.

    `part`: {"dev", "eval"}; the set.
    `edition`: the edition whose official score counts; None where there is none.
    """
    sections, notes = common_sections(systems, part)
    areas = [_areas(row, n_resamples, seed + number) for number, row in enumerate(sections)]

    def inside(name: str | None, places: Sequence[int]) -> PairedFigures:
        auc, pauc = np.mean([areas[place] for place in places], axis=0)
        grid = [sections[place] for place in places]
        official, details = _official(grid, edition, n_resamples, seed, notes)
        tables = {"auc": auc, "pauc": pauc, "official_score": official}
        intervals = {name: _intervals(name, table, grid, edition) for name, table in tables.items()}
        return PairedFigures(name, tables, intervals, details)

    by_machine: dict[str, list[int]] = {}
    for place, row in enumerate(sections):
        by_machine.setdefault(row[0].machine, []).append(place)
    machines = [inside(machine, places) for machine, places in by_machine.items()]
    alone = len(machines) == 1
    groups = [inside(_name(row[0]), [place]) for place, row in enumerate(sections)] if alone else machines
    total = inside(None, range(len(sections)))
    return Paired(machines, groups, total, sum(len(row[0]) for row in sections), list(dict.fromkeys(notes)))


def _name(section: SectionScores) -> str:
    return f"{section.machine} {section.section}".strip() or "-"


def _intervals(name: str, table: Floats | None, grid: Grid, edition: Edition | None) -> list[Interval | None]:
    """Return the intervals of all systems; where every resample agrees, those of the single sections are joined."""
    if table is None:
        return [None for _ in grid[0]]
    found: list[Interval | None] = []
    for number, drawn in enumerate(table[:, 1:]):
        low, high = percentile_interval(drawn)
        if high - low < _FLAT:
            sections = [row[number] for row in grid]
            if name == "official_score" and edition is not None:
                low, high = official_interval(rank_sections(sections, edition.score), edition.score)
            else:
                each = [bootstrap_intervals(one.labels, one.scores) for one in sections]
                low, high = np.mean([getattr(ends, name) for ends in each], axis=0).tolist()
        found.append((low, high))
    return found


def _areas(row: Sequence[SectionScores], n_resamples: int, seed: int) -> Floats:
    """Return AUC and pAUC of one section, shape (2, n_systems, 1 + n_resamples): as measured, then resampled."""
    strata = np.char.add(row[0].domains, row[0].labels.astype(str))
    weights = [np.ones((1, len(row[0]))), *stratified_counts(strata, n_resamples, seed=seed)]
    systems = []
    for section in row:
        ranking = Ranking(section.labels, section.scores)
        systems.append(np.concatenate([np.array(ranking.areas(block)) for block in weights], axis=1))
    return np.stack(systems, axis=1)


def _official(
    grid: Grid, edition: Edition | None, n_resamples: int, seed: int, notes: list[str]
) -> tuple[Floats | None, list[dict[str, float | None]]]:
    """Return official scores, shape (n_systems, 1 + n_resamples), and the figures by domain of each system."""
    systems = [list(column) for column in zip(*grid, strict=True)]
    if edition is None:
        return None, [{} for _ in systems]
    try:
        ranked = [rank_sections(sections, edition.score) for sections in systems]
    except DataError as error:
        notes.append(f"No official score: {error}")
        return None, [dict.fromkeys(_DETAILS) for _ in systems]
    found = [score_ranked(one, edition) for one in ranked]
    samples = resampled_scores(ranked, edition.score, n_resamples=n_resamples, seed=seed)
    scores = np.array([np.concatenate([[one.score], drawn]) for one, drawn in zip(found, samples, strict=True)])
    return scores, [{name: one.means[edition.score.mean][name] for name in _DETAILS} for one in found]
