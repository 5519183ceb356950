"""Figures of the outcomes of a run: rows of results, standings by the protocol of the edition, and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from offkey.experiments.benchmark.protocol import Standing, cell_means, standing
from offkey.experiments.benchmark.results import promise_notes, result_rows
from offkey.experiments.benchmark.standings import part_board
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import SetPart
from offkey.experiments.leaderboard.board import Leaderboard
from offkey.experiments.outcome import Outcome
from offkey.experiments.plan import Plan

__all__ = ["Measured", "measure"]


@dataclass(frozen=True)
class Measured:
    """All outcomes of a run with what they are worth."""

    plan: Plan
    outcomes: list[Outcome]
    candidates: list[Candidate]  # those of the outcomes, in their order
    rows: list[dict[str, Any]]  # the rows of ``results.csv``, by cell, then by candidate
    standings: list[Standing]
    notes: list[str]  # what a reader must know
    failed: list[tuple[str, str]]  # name and reason of each clip that could not be learnt from or scored, each once
    boards: list[Leaderboard] = field(default_factory=list)  # one for each part whose labels are known
    promised: float = 0.01  # the share of normal clips that may be called anomalous

    @property
    def parts(self) -> list[SetPart]:
        """The parts, in their order."""
        return self.plan.parts

    def of(self, candidate: Candidate) -> list[Outcome]:
        """Return the outcomes of one candidate."""
        return [outcome for outcome in self.outcomes if outcome.candidate.name == candidate.name]


def measure(
    plan: Plan, outcomes: Sequence[Outcome], folder: Path, *, promised: float = 0.01, lost: Sequence[Candidate] = ()
) -> Measured:
    """Compute what outcomes are worth.

    `folder`: the folder of the run.
    `promised`: the share of normal clips that may be called anomalous.
    `lost`: candidates that are left out, since they were not finished.
    """
    place = {cell.key: number for number, cell in enumerate(plan.cells)}
    ordered = sorted(outcomes, key=lambda outcome: place[outcome.cell.key])
    candidates = list({outcome.candidate.name: outcome.candidate for outcome in outcomes}.values())
    rows = [row for outcome in ordered for row in result_rows(outcome, plan.edition, promised)]
    broken = promise_notes(rows, promised)
    standings = []
    for candidate in candidates:
        for part in plan.parts:
            of_part = [o for o in outcomes if o.candidate.name == candidate.name and o.cell.part == part]
            means = cell_means(row for row in rows if (row["combination"], row["part"]) == (candidate.name, part))
            submission = folder / "submission" / candidate.name / part
            standings.append(standing(candidate, part, of_part, plan.edition, means, submission))
    failed = _failed(outcomes)
    notes = [*_notes(plan, outcomes, standings, lost), *broken]
    found = (part_board(plan, part, candidates, outcomes, rows, standings) for part in plan.parts)
    boards = [board for board in found if board is not None]
    notes = list(dict.fromkeys(notes))
    return Measured(plan, list(outcomes), candidates, rows, standings, notes, failed, boards, promised)


def _notes(
    plan: Plan, outcomes: Sequence[Outcome], standings: Sequence[Standing], lost: Sequence[Candidate]
) -> list[str]:
    notes = list(plan.notes)
    if plan.proxies:
        notes.insert(0, f"Proxies stand in for anomalies: {', '.join(plan.proxies)}. These are no real faults.")
    notes += [f"{one.name} was not finished on these clips and is left out: ask for it again." for one in lost]
    for one in standings:
        notes += [f"{one.candidate.name} ({one.part}): {note}" for note in one.notes]
    of_front_ends = {note for one in standings for note in one.candidate.front_end().notes()}  # alike for every cell
    for outcome in outcomes:
        notes += [outcome.scored.error] if outcome.scored.error else []
        notes += [note if note in of_front_ends else f"{outcome.cell.name}: {note}" for note in outcome.scored.notes]
    return notes


def _failed(outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    failed: dict[str, str] = {}
    for outcome in outcomes:
        for name, reason in outcome.scored.left_out:
            failed.setdefault(name, reason)
        for clip in outcome.scored.clips:
            if clip.error is not None:
                failed.setdefault(clip.name, clip.error)
    return list(failed.items())
