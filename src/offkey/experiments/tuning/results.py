"""The results of a tuning, and the remarks that people need with them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from offkey import detectors, features
from offkey.components import Interval as RuleInterval
from offkey.evaluation.intervals import Difference, Differences
from offkey.experiments.candidate import Candidate
from offkey.experiments.leaderboard.board import Leaderboard
from offkey.experiments.measures import Figures, Metric
from offkey.experiments.outcome import Outcome
from offkey.experiments.space import Axis, Space
from offkey.experiments.tuning.division import Division
from offkey.experiments.tuning.selection import Selection

__all__ = ["Report", "Trial", "Tuned", "remarks"]


@dataclass(frozen=True)
class Trial:
    """A candidate and what it is worth on the tuning part."""

    candidate: Candidate
    figures: Figures | None  # None if it could not be fitted
    error: str | None = None
    outcomes: Sequence[Outcome] = field(default=(), repr=False, compare=False)  # of each id of the tuning part

    def value(self, metric: Metric) -> float:
        """Return the figure that is chosen by; minus infinity if there is none."""
        return -math.inf if self.figures is None else self.figures.by(metric)


@dataclass(frozen=True)
class Report:
    """The figures of a configuration on the reporting part."""

    name: str  # ``"default"``, ``"chosen"`` or ``"chosen, some features"``
    candidate: Candidate
    figures: Figures
    gain: Differences | None  # its figures minus those of the default, on the same clips; None for the default


@dataclass(frozen=True)
class Tuned:
    """All that was found."""

    space: Space
    metric: Metric
    division: Division
    trials: list[Trial]
    best: int
    selection: Selection | None  # the ranking of features, if asked for
    reports: list[Report]  # on the reporting part: the default, the chosen one, and this with the selected features
    notes: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    boards: list[Leaderboard] = field(default_factory=list, compare=False)  # of the tuning, then of the reporting part

    @property
    def chosen(self) -> Candidate:
        """The configuration that was chosen in the end."""
        return self.reports[-1].candidate

    @property
    def config(self) -> dict[str, Any]:
        """The chosen configuration as JSON values, with what its detector asks of the front end spelt out."""
        return {**self.chosen.components(), "features_params": self.chosen.config().features_params}

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        division = {part: [cell.title for cell in getattr(self.division, part)] for part in ("tuning", "reporting")}
        tuning = [
            {
                "config": trial.candidate.components(),
                "error": trial.error,
                **(trial.figures.to_json() if trial.figures else {}),
            }
            for trial in self.trials
        ]
        return {
            "metric": self.metric.value,
            "division": division,
            "config": self.config,
            "best": self.best,
            "tuning": tuning,
            "reporting": [_report_json(report) for report in self.reports],
            "features": None if self.selection is None else _selection_json(self.selection),
            "notes": self.notes,
            "left_out": [{"file": file, "error": reason} for file, reason in self.left_out.items()],
        }


def remarks(
    space: Space,
    metric: Metric,
    trials: Sequence[Trial],
    best: int,
    reports: Sequence[Report],
    selection: Selection | None = None,
) -> list[str]:
    """Return what people must know to read the figures rightly."""
    told = []
    failed = [trial for trial in trials if trial.figures is None]
    if failed:
        told.append(f"{len(failed)} of {len(trials)} candidates could not be fitted; the first: {failed[0].error}")
    if best == 0 and len(trials) > 1:
        told.append("No candidate does better than the default on the tuning part, so the default is chosen.")
    told += [
        _at_the_edge(axis, trials[best].candidate) for axis in space.axes if _ends_at(axis, trials[best].candidate)
    ]
    if selection is not None and selection.n_best and not selection.n_kept:
        told.append(
            f"All features stay: {selection.n_best} of {len(selection.groups)} groups do better on the tuning part, "
            "but not clearly, for the interval of the gain holds zero."
        )
    last = reports[-1]
    if last.gain is not None and last.candidate.key != space.default().key:
        told += _carried_over(*(("pAUC", last.gain.pauc) if metric is Metric.PAUC else ("AUC", last.gain.auc)))
    return told


def _carried_over(name: str, gain: Difference) -> list[str]:
    """Say whether what was won on the tuning part is there on the reporting part too."""
    if gain.value < 0:
        return [
            f"On the reporting part the {name} is {-gain.value:.3f} below the default's: the choice does not carry "
            "over, and the default is the safer one."
        ]
    if gain.interval[0] <= 0:
        return [f"On the reporting part the {name} cannot be told from the default's: the interval holds zero."]
    return []


def _ends_at(axis: Axis, chosen: Candidate) -> bool:
    """Tell whether the chosen number is the least or greatest of three or more, and there may be more beyond it."""
    value = axis.value_of(chosen)
    if not axis.is_numeric or len(axis.values) < 3 or value not in (min(axis.values), max(axis.values)):
        return False
    owner = detectors.find(chosen.detector) if axis.owner == "detector" else features.find(chosen.features)
    rule = owner.rules.get(axis.name)
    return not isinstance(rule, RuleInterval) or rule.low < value < rule.high


def _at_the_edge(axis: Axis, chosen: Candidate) -> str:
    value = axis.value_of(chosen)
    which = "least" if value == min(axis.values) else "greatest"
    return f"The chosen {axis.name}, {value}, is the {which} that was tried: the best may lie beyond it."


def _report_json(report: Report) -> dict[str, Any]:
    gain = None
    if report.gain is not None:
        gain = {name: {"value": one.value, "ci": list(one.interval)} for name, one in report.gain._asdict().items()}
    return {"name": report.name, "config": report.candidate.components(), **report.figures.to_json(), "gain": gain}


def _selection_json(selection: Selection) -> dict[str, Any]:
    steps = [
        {
            "added": None if step.group is None else step.group.name,
            "alone": step.alone,
            "tuning": {"auc": step.tuning.auc, "pauc": step.tuning.pauc},
            "reporting": {"auc": step.reporting.auc, "pauc": step.reporting.pauc},
        }
        for step in selection.steps
    ]
    counts = {"best": selection.n_best, "kept": selection.n_kept, "of": len(selection.groups)}
    return {**counts, "keep": selection.keep, "steps": steps}
