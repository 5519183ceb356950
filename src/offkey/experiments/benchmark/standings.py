"""The leaderboard of one part of a benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from offkey.errors import DataError
from offkey.experiments.benchmark.protocol import Standing
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import PART_NAMES, SetPart
from offkey.experiments.leaderboard.board import Leaderboard, Place, leaderboard
from offkey.experiments.leaderboard.measures import measures_of_rows
from offkey.experiments.outcome import Outcome
from offkey.experiments.paired import measure_paired
from offkey.experiments.plan import Plan
from offkey.experiments.system import system_of, titles

__all__ = ["part_board"]


def part_board(
    plan: Plan,
    part: SetPart,
    candidates: Sequence[Candidate],
    outcomes: Sequence[Outcome],
    rows: Sequence[dict[str, Any]],
    standings: Sequence[Standing],
) -> Leaderboard | None:
    """Return the leaderboard of one part; None where labels are secret, or nothing could be scored.

    Official scores and means are those of the standings, which count clips without a score too; ties are decided on
    the clips that all candidates scored.
    """
    systems = [
        system_of(one.name, title, [o for o in outcomes if o.candidate.name == one.name and o.cell.part == part])
        for one, title in zip(candidates, titles(candidates), strict=True)
    ]
    try:
        paired = measure_paired(systems, part, plan.edition)
    except DataError:
        return None
    measures = {
        one.name: measures_of_rows(row for row in rows if (row["combination"], row["part"]) == (one.name, part))
        for one in candidates
    }
    of_set = f", {PART_NAMES[part]}" if plan.edition is not None else ""
    board = leaderboard(f"{plan.dataset}{of_set}: {paired.n_clips} clips", systems, paired, measures=measures)
    found = {one.candidate.name: one for one in standings if one.part == part}
    return replace(board, places=[_as_standing(place, found[place.name]) for place in board.places])


def _as_standing(place: Place, found: Standing) -> Place:
    """Return a place with the figures of the standing, where it has them."""
    known = {"auc": found.means["auc_mean"], "pauc": found.means["pauc_mean"]}
    figures = {**place.figures, **{name: value for name, value in known.items() if value is not None}}
    if found.official is None:
        return replace(place, figures=figures)
    intervals = {**place.intervals, "official_score": found.interval}
    return replace(place, figures={**figures, "official_score": found.official.score}, intervals=intervals)
