"""A leaderboard: systems by rank, with intervals, ties, figures by machine, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from offkey.evaluation.intervals import Difference, Interval, percentile_interval
from offkey.evaluation.ranking import Floats
from offkey.experiments.leaderboard.measures import Measures
from offkey.experiments.paired import Paired, PairedFigures
from offkey.experiments.system import System

__all__ = ["FIGURE_NAMES", "Leaderboard", "Place", "leaderboard", "ranks"]

FIGURE_NAMES = {
    "official_score": "official score",
    "auc": "AUC",
    "auc_source": "AUC (source)",
    "auc_target": "AUC (target)",
    "pauc": "pAUC",
    "mean": "mean of AUC and pAUC",
}
"""Figures as they stand in tables."""


@dataclass(frozen=True)
class Place:
    """The place of one system.

    `rank`: 1 for the best; systems that cannot be told apart from the best of them share its rank.
    `figures`, `intervals`: by the names of `FIGURE_NAMES`, on all machines.
    `groups`: the figure that is ranked by, of each machine, or of each section of the only machine.
    `differences`: each figure minus that of the reference; empty where there is none.
    `remark`: what is to be known of it in a word, such as ``"chosen"``.
    """

    rank: int
    tied: bool  # whether it shares its rank
    name: str
    title: str
    figures: Mapping[str, float | None]
    intervals: Mapping[str, Interval | None]
    groups: Mapping[str, float]
    measures: Measures
    differences: Mapping[str, Difference | None] = field(default_factory=dict)
    remark: str = ""


@dataclass(frozen=True)
class Leaderboard:
    """Systems of one part of a data set, the best first.

    `figure`: what is ranked by, one of `FIGURE_NAMES`.
    `groups`, `kind`: names of the machines, or of the sections of the only machine; none where there is one only.
    `reference`: title of the system that the others are compared with; None where there is none.
    """

    title: str
    figure: str
    groups: Sequence[str]
    kind: str  # ``"machine"`` or ``"section"``
    places: Sequence[Place]
    reference: str | None = None
    heading: str = "detector"  # what the titles name

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "title": self.title,
            "figure": self.figure,
            "groups": self.kind,
            "places": [_json(self.figure, one) for one in self.places],
        }


def leaderboard(
    title: str,
    systems: Sequence[System],
    paired: Paired,
    *,
    figure: str | None = None,
    measures: Mapping[str, Measures] | None = None,
    remarks: Mapping[str, str] | None = None,
    reference: int | None = None,
    heading: str = "detector",
) -> Leaderboard:
    """Rank systems.

    `paired`: their figures, as `offkey.experiments.paired.measure_paired` gives them for `systems`.
    `figure`: what is ranked by; by default the official score, or AUC where there is none.
    `measures`, `remarks`: by the names of the systems.
    `heading`: what the titles of the systems name.
    `reference`: the number of the system that the others are compared with.
    """
    total = paired.total
    by = figure or ("auc" if total.tables["official_score"] is None else "official_score")
    table = _table(total, by)
    groups = {found.machine or "-": _table(found, by) for found in paired.groups} if paired.groups[1:] else {}
    places = []
    for number, rank, tied in ranks(table):
        name = systems[number].name
        figures = {one: total.value(one, number) for one in total.tables} | total.details[number]
        intervals = {one: total.intervals[one][number] for one in total.tables}
        if by not in figures:
            figures[by], intervals[by] = float(table[number, 0]), percentile_interval(table[number, 1:])
        compared = {} if reference is None else {one: total.difference(one, number, reference) for one in total.tables}
        of_groups = {group: float(values[number, 0]) for group, values in groups.items()}
        costs, remark = (measures or {}).get(name, Measures()), (remarks or {}).get(name, "")
        place = Place(rank, tied, name, systems[number].title, figures, intervals, of_groups, costs, compared, remark)
        places.append(place)
    kind = "machine" if paired.machines[1:] else "section"
    against = None if reference is None else systems[reference].title
    return Leaderboard(title, by, list(groups), kind, places, against, heading)


def ranks(table: Floats) -> list[tuple[int, int, bool]]:
    """Return number, rank and whether it shares the rank of each system, the best first.

    A system shares the rank of the best one before it whose lead over it is not larger than chance: the 95 %
    interval of the paired difference holds zero. The first that is clearly worse begins a rank of its own, which is
    its place, as in sports (1, 1, 3).

    `table`: shape (n_systems, 1 + n_resamples); figures as measured, then on the same resamples for all.
    """
    order = np.argsort(-table[:, 0], kind="stable").tolist()
    found: list[tuple[int, int]] = []
    leader, rank = order[0], 1
    for place, number in enumerate(order, start=1):
        if percentile_interval(table[leader, 1:] - table[number, 1:])[0] > 0:
            leader, rank = number, place
        found.append((number, rank))
    counts = [rank for _, rank in found]
    return [(number, rank, counts.count(rank) > 1) for number, rank in found]


def _table(found: PairedFigures, figure: str) -> Floats:
    auc, pauc = found.tables["auc"], found.tables["pauc"]
    table = (auc + pauc) / 2 if figure == "mean" and auc is not None and pauc is not None else found.tables[figure]
    assert table is not None  # noqa: S101 - the total has it, and each machine as well
    return table


def _json(figure: str, place: Place) -> dict[str, Any]:
    interval = place.intervals[figure]
    return {
        "rank": place.rank,
        "tied": place.tied,
        "combination": place.name,
        "detector": place.title,
        **place.figures,
        f"{figure}_ci": None if interval is None else list(interval),
        "groups": dict(place.groups),
        **place.measures.to_json(),
        "remark": place.remark,
    }
