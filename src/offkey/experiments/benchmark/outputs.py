"""The files of a run that people and programs read; each appears whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offkey.errors import OffkeyError
from offkey.evaluation.promise import Promise, broken_promises
from offkey.experiments.benchmark.combinations import Combination
from offkey.experiments.benchmark.groups import Part
from offkey.experiments.benchmark.plan import Plan
from offkey.experiments.benchmark.protocol import Standing, standing, write_submission_of
from offkey.experiments.benchmark.results import Outcome, group_means, result_rows, write_results
from offkey.files import atomic_text
from offkey.tables import csv_writer

__all__ = ["SCORE_COLUMNS", "Measured", "measure", "write_files"]

SCORE_COLUMNS = (
    *("file", "score", "p_value", "anomalous", "error"),
    *("part", "machine", "section", "snr_db", "domain", "label"),
)
"""Columns of ``scores/<combination>.csv``; the first five are those of every score file."""


@dataclass(frozen=True)
class Measured:
    """All outcomes of a run with what they are worth.

    Parameters
    ----------
    plan : Plan
        The data set.
    outcomes : list of Outcome
        By combination, then by group.
    rows : list of dict
        The rows of ``results.csv``, by group, then by combination.
    standings : list of Standing
        One a combination and part.
    promised : float, default 0.01
        The share of normal clips that may be called anomalous.
    """

    plan: Plan
    outcomes: list[Outcome]
    rows: list[dict[str, Any]]
    standings: list[Standing]
    promised: float = 0.01

    @property
    def combinations(self) -> list[Combination]:
        """The combinations, in their order."""
        return list({outcome.combination.name: outcome.combination for outcome in self.outcomes}.values())

    @property
    def parts(self) -> list[Part]:
        """The parts, in their order."""
        return list(dict.fromkeys(group.part for group in self.plan.groups))

    def of(self, combination: Combination, part: Part) -> list[Outcome]:
        """Return the outcomes of one combination on one part."""
        name = combination.name
        return [o for o in self.outcomes if o.combination.name == name and o.group.part == part]

    def broken_promises(self) -> list[str]:
        """Say for which machines, sections and domains there are more false alarms than promised."""
        names = {group.key: group.name for group in self.plan.groups}
        several = len(self.combinations) > 1
        found = []
        for row in self.rows:
            if (promise := _promise(row, self.promised)) is not None:
                name = names[row["part"], row["machine"], row["section"], row["snr_db"]]
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

    Parameters
    ----------
    plan : Plan
        The data set.
    outcomes : sequence of Outcome
        Of each combination all groups.
    promised : float, default 0.01
        The share of normal clips that may be called anomalous.

    Returns
    -------
    Measured
    """
    place = {group.key: number for number, group in enumerate(plan.groups)}
    ordered = sorted(outcomes, key=lambda outcome: place[outcome.group.key])
    rows = [row for outcome in ordered for row in result_rows(outcome, plan.edition)]
    for row in rows:
        if (promise := _promise(row, promised)) is not None:
            row |= {"promised_rate": promised, "promise_kept": int(promise.kept)}
    measured = Measured(plan, list(outcomes), rows, [], promised)
    for combination in measured.combinations:
        for part in measured.parts:
            of_part = [row for row in rows if row["combination"] == combination.name and row["part"] == part]
            means = group_means(of_part)
            measured.standings.append(standing(combination, part, measured.of(combination, part), plan.edition, means))
    return measured


def write_files(folder: Path, measured: Measured) -> None:
    """Write ``results.csv``, ``scores/``, ``official.json`` and, for an edition, ``submission/``.

    Parameters
    ----------
    folder : Path
        The run's folder.
    measured : Measured
        What it holds.

    Raises
    ------
    OffkeyError
        If a file cannot be written.
    """
    _make(folder / "scores")
    for combination in measured.combinations:
        of_combination = [outcome for outcome in measured.outcomes if outcome.combination.name == combination.name]
        with atomic_text(folder / "scores" / f"{combination.name}.csv") as file:
            table = csv_writer(file)
            table.writerow(SCORE_COLUMNS)
            table.writerows(row for outcome in of_combination for row in _score_rows(outcome))
    with atomic_text(folder / "results.csv") as file:
        write_results(measured.rows, file)
    edition = measured.plan.edition
    if edition is not None:
        for position in measured.standings:
            place = folder / "submission" / position.combination.name / position.part
            position.notes.extend(write_submission_of(place, measured.of(position.combination, position.part), edition))
    with atomic_text(folder / "official.json") as file:
        entries = [position.to_json() for position in measured.standings]
        only = entries[0]["official_score"] if len(entries) == 1 else None
        content = {"dataset": measured.plan.dataset, "edition": edition, "official_score": only}
        json.dump({**content, "combinations": entries}, file, indent=1)


def _score_rows(outcome: Outcome) -> list[tuple[object, ...]]:
    group = outcome.group
    return [
        (
            *(clip.name, scored.score, scored.p_value, scored.anomalous, scored.error),
            *(group.part, group.machine, group.section, group.snr_db, clip.domain, clip.label),
        )
        for clip, scored in zip(group.test, outcome.scored.clips, strict=True)
    ]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OffkeyError(f"The folder {folder} cannot be made: {error.strerror or error}.") from error
