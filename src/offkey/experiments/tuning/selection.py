"""Forward selection of the bands or statistics that matter, on the tuning part."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from offkey.errors import UsageError
from offkey.experiments.candidate import Candidate
from offkey.experiments.detecting import detect
from offkey.experiments.measures import Figures, Metric, mean_figure
from offkey.experiments.outcome import Outcome
from offkey.experiments.reader import CellFeatures
from offkey.features.parts import FeaturePart

__all__ = ["MOST", "FeatureGroup", "Selection", "Step", "groups_of", "kept_scores", "n_best", "n_sets", "rank"]

MOST = 16
"""Into how many groups bands are joined, and how many groups or statistics are ranked, unless asked otherwise."""


@dataclass(frozen=True)
class FeatureGroup:
    """A group of features that are kept or left out together.

    `low_hz`, `high_hz`: its ends, if it is a range of frequencies.
    """

    name: str  # in words: ``"500 to 760 Hz"``, ``"crest_db max"``
    keep: tuple[int | str, ...]
    low_hz: float | None
    high_hz: float | None
    columns: tuple[int, ...]


@dataclass(frozen=True)
class Step:
    """One step of the selection."""

    group: FeatureGroup | None  # what was added; None in the last row, which has all that there is
    alone: float | None
    tuning: Figures
    reporting: Figures


@dataclass(frozen=True)
class Selection:
    """The result."""

    groups: list[FeatureGroup]
    steps: list[Step]
    n_best: int  # with how many of the first groups the tuning part does best; 0 if none does better than all
    n_kept: int  # how many of the first groups are kept: `n_best` if they are clearly better, else 0, for all features

    @property
    def keep(self) -> list[int | str] | None:
        """The front end's parameter `keep` after the selection; None if all features stay."""
        if not self.n_kept:
            return None
        kept = {step.group for step in self.steps[: self.n_kept]}
        return [name for group in self.groups if group in kept for name in group.keep]


def groups_of(candidate: Candidate, rate: int, most: int = MOST) -> list[FeatureGroup]:
    """Return what can be kept or left out of a candidate's features.

    `most`: number of groups into which adjacent bands are joined, one of which is what stands behind the bands; named
        statistics stay by themselves.
    """
    front_end = candidate.front_end()
    parts = front_end.parts(rate)
    if len(parts) < 2:
        raise UsageError(f"The front end {candidate.features!r} has nothing to select from: it has {len(parts)} parts.")
    if any(part.low_hz is None for part in parts):
        return [FeatureGroup(part.name, (part.keep,), None, None, part.columns) for part in parts]
    in_blocks = sum(len(part.columns) for part in parts) - front_end.tail
    bands = [part for part in parts if part.columns[0] < in_blocks]
    rest = parts[len(bands) :]
    places = np.array_split(np.arange(len(bands)), min(most - bool(rest), len(bands))) if bands else []
    groups = [_joined([bands[place] for place in adjacent]) for adjacent in places]
    return [*groups, replace(_joined(rest), name="tail")] if rest else groups


def rank(
    read: Sequence[CellFeatures],
    candidate: Candidate,
    groups: Sequence[FeatureGroup],
    metric: Metric,
    most: int,
    *,
    advance: Callable[[], None] = lambda: None,
) -> list[tuple[FeatureGroup, float]]:
    """Rank groups by forward selection.

    Starting from nothing, the group is added with which the detector, fitted anew, does best (Whitney, "A
    direct method of nonparametric measurement selection", IEEE Trans. Computers C-20(9), 1971; Kohavi & John,
    "Wrappers for feature subset selection", Artificial Intelligence 97, 1997). Fitting anew matters:
    permuting one of many correlated bands breaks what a fitted detector knows of normal clips as much as of
    anomalies, so that the loss of AUC says little of what the band contributes (Hooker, Mentch & Zhou,
    "Unrestricted permutation forces extrapolation", Statistics and Computing 31, 2021).

    Returns: the groups in the order in which they were added, and the figure of each by itself.
    """
    chosen: list[FeatureGroup] = []
    alone: dict[FeatureGroup, float] = {}
    while len(chosen) < min(most, len(groups)):
        tried: dict[FeatureGroup, float] = {}
        for group in groups:
            if group not in chosen:
                tried[group] = _figure(read, candidate, groups, [*chosen, group], metric)
                advance()
        alone = alone or tried
        chosen.append(max(tried, key=lambda group: tried[group]))
    return [(group, alone[group]) for group in chosen]


def n_sets(n_groups: int, most: int) -> int:
    """Return how many sets of groups `rank` tries."""
    return sum(n_groups - k for k in range(min(most, n_groups)))


def n_best(steps: Sequence[Step], metric: Metric) -> int:
    """Return with how many of the first groups the tuning part does best; 0 if none does better than all features."""
    values = [step.tuning.by(metric) for step in steps]
    best = max(values[:-1], default=-math.inf)
    return values.index(best) + 1 if best > values[-1] else 0


def kept_scores(
    read: Sequence[CellFeatures], candidate: Candidate, groups: Sequence[FeatureGroup], chosen: Collection[FeatureGroup]
) -> list[Outcome]:
    """Fit and score with some groups only, out of features with all of them."""
    kept = [group for group in groups if group in chosen]
    smaller = candidate.keeping([name for group in kept for name in group.keep])
    columns = sorted(column for group in kept for column in group.columns)
    return [detect(smaller, one, columns) for one in read]


def _figure(
    read: Sequence[CellFeatures],
    candidate: Candidate,
    groups: Sequence[FeatureGroup],
    chosen: Collection[FeatureGroup],
    metric: Metric,
) -> float:
    return mean_figure(kept_scores(read, candidate, groups, chosen), metric)


def _joined(parts: Sequence[FeaturePart]) -> FeatureGroup:
    low, high = parts[0].low_hz, parts[-1].high_hz
    name = parts[0].name if low is None or high is None else f"{low:,.0f} to {high:,.0f} Hz"
    columns = tuple(sorted(column for part in parts for column in part.columns))
    return FeatureGroup(name, tuple(part.keep for part in parts), low, high, columns)
