"""Leaderboards of a tuning: of all candidates on the tuning part, and of the choice on the reporting part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from offkey.experiments.cell import Cell
from offkey.experiments.leaderboard.board import Leaderboard, leaderboard
from offkey.experiments.leaderboard.measures import measures_of_outcomes
from offkey.experiments.measures import Metric
from offkey.experiments.outcome import Outcome
from offkey.experiments.paired import measure_paired
from offkey.experiments.space import Space
from offkey.experiments.system import system_of
from offkey.experiments.tuning.results import Trial

__all__ = ["cell_names", "reporting_board", "tuning_board"]


def tuning_board(space: Space, metric: Metric, trials: Sequence[Trial], best: int, ids: str) -> Leaderboard:
    """Return the leaderboard of the candidates that could be fitted, on the tuning part.

    `best`: number of the trial that was chosen.
    `ids`: the ids of the part, in words.
    """
    fitted = {number: trial for number, trial in enumerate(trials) if trial.figures is not None}
    outcomes = {f"candidate {number}": trial.outcomes for number, trial in fitted.items()}
    values = {
        number: [f"{axis.name}={axis.value_of(one.candidate)}" for axis in space.axes] for number, one in fitted.items()
    }
    titles = {f"candidate {number}": ", ".join(values[number]) or "default" for number in fitted}
    roles = {"default": 0, "chosen": best}
    remarks = {
        f"candidate {number}": ", ".join(role for role, place in roles.items() if place == number) for number in fitted
    }
    return _board(f"Tuning part: {ids}", "candidate", metric, outcomes, titles, remarks)


def reporting_board(metric: Metric, outcomes: Mapping[str, Sequence[Outcome]], ids: str) -> Leaderboard:
    """Return the leaderboard of the default and of what was chosen, on the reporting part.

    `outcomes`: by the names of the configurations.
    """
    titles = {name: name for name in outcomes}
    return _board(f"Reporting part, not used for the choice: {ids}", "configuration", metric, outcomes, titles, {})


def cell_names(cells: Sequence[Cell]) -> str:
    """Return the ids of a part, in words."""
    return ", ".join(dict.fromkeys(cell.title for cell in cells))


def _board(
    title: str,
    heading: str,
    metric: Metric,
    outcomes: Mapping[str, Sequence[Outcome]],
    titles: Mapping[str, str],
    remarks: Mapping[str, str],
) -> Leaderboard:
    systems = [system_of(name, titles[name], scored) for name, scored in outcomes.items()]
    paired = measure_paired(systems, next(iter(outcomes.values()))[0].cell.part, None)
    names = [system.name for system in systems]
    return leaderboard(
        title,
        systems,
        paired,
        figure=metric.value,
        measures={name: measures_of_outcomes(scored) for name, scored in outcomes.items()},
        remarks=remarks,
        heading=heading,
        reference=names.index("default") if "default" in names and len(names) > 1 else None,
    )
