"""Figures of the outcomes of a run: rows of results, and standings by the protocol of the edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from offkey.evaluation.promise import Promise, broken_promises
from offkey.experiments.benchmark.protocol import Standing, standing
from offkey.experiments.benchmark.results import cell_means, result_rows
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import CellKey, SetPart
from offkey.experiments.outcome import Outcome
from offkey.experiments.plan import Plan

__all__ = ["Measured", "measure"]


@dataclass(frozen=True)
class Measured:
    """All outcomes of a run with what they are worth."""

    plan: Plan
    outcomes: list[Outcome]
    rows: list[dict[str, Any]]  # the rows of ``results.csv``, by cell, then by candidate
    standings: list[Standing]
    promised: float = 0.01  # the share of normal clips that may be called anomalous

    @property
    def candidates(self) -> list[Candidate]:
        """The candidates, in their order."""
        return list({outcome.candidate.name: outcome.candidate for outcome in self.outcomes}.values())

    @property
    def parts(self) -> list[SetPart]:
        """The parts, in their order."""
        return list(dict.fromkeys(cell.part for cell in self.plan.cells))

    def of(self, candidate: Candidate, part: SetPart) -> list[Outcome]:
        """Return the outcomes of one candidate on one part."""
        name = candidate.name
        return [o for o in self.outcomes if o.candidate.name == name and o.cell.part == part]

    def broken_promises(self) -> list[str]:
        """Say for which machines, sections and domains there are more false alarms than promised."""
        several = len(self.candidates) > 1
        found = []
        for row in self.rows:
            if (promise := _promise(row, self.promised)) is not None:
                name = CellKey.of(row).name
                name += f", {row['domain']} domain" if row["domain"] else ""
                found.append((f"{name} by {row['combination']}" if several else name, promise))
        return broken_promises(found)


def _promise(row: dict[str, Any], rate: float) -> Promise | None:
    """Return how a row's rate was kept; None where nothing was decided about normal clips."""
    if row["false_alarm_rate"] is None or not row["n_normal"]:
        return None
    return Promise(rate, round(row["false_alarm_rate"] * row["n_normal"]), row["n_normal"])


def measure(plan: Plan, outcomes: Sequence[Outcome], promised: float = 0.01) -> Measured:
    """Compute what outcomes are worth.

    `promised`: the share of normal clips that may be called anomalous.
    """
    place = {cell.key: number for number, cell in enumerate(plan.cells)}
    ordered = sorted(outcomes, key=lambda outcome: place[outcome.cell.key])
    rows = [row for outcome in ordered for row in result_rows(outcome, plan.edition)]
    for row in rows:
        if (promise := _promise(row, promised)) is not None:
            row |= {"promised_rate": promised, "promise_kept": int(promise.kept)}
    measured = Measured(plan, list(outcomes), rows, [], promised)
    for candidate in measured.candidates:
        for part in measured.parts:
            of_part = [row for row in rows if row["combination"] == candidate.name and row["part"] == part]
            means = cell_means(of_part)
            measured.standings.append(standing(candidate, part, measured.of(candidate, part), plan.edition, means))
    return measured
